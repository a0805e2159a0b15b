package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names that are alike, or are chosen to collide in other hashes, spread as chance would. */
class NameHashTest {
    private static final int NAMES = 1 << 16;

    /** Chance leaves 37 of 100 values without a name. */
    private static final double VALUES_HIT_MIN = 0.6 * NAMES;

    private enum Alike {
        COUNTED(i -> Integer.toString(i)),
        COUNTED_BEHIND_MUCH(i -> "a".repeat(40) + i),
        OF_ONE_LENGTH(i -> Integer.toString(NAMES + i, 36)),
        EQUAL_STRING_HASHES(i -> bits(i, "Aa", "BB")),
        ONE_BIT_IN_EACH_WORD(i -> bits(i, "aaaaaaaa", "aaaaaaa!")),
        ONLY_LENGTHS_DIFFER(i -> "\0".repeat(i % 1024) + (i >> 10));

        private final IntFunction<String> name;

        Alike(IntFunction<String> name) {
            this.name = name;
        }
    }

    private static String bits(int number, String zero, String one) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 16; bit++) {
            text.append((number >> bit & 1) == 0 ? zero : one);
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource
    void theySpreadOverTheLowBits(Alike names) {
        Set<Integer> hit = new HashSet<>();
        for (int i = 0; i < NAMES; i++) {
            byte[] name = names.name.apply(i).getBytes(StandardCharsets.US_ASCII);
            hit.add(NameHash.of(name, 0, name.length) & NAMES - 1);
        }
        assertThat(hit.size()).isGreaterThan((int) VALUES_HIT_MIN);
    }

    @Test
    void equalNamesHaveOneHashWhereverTheyStand() {
        byte[] bytes =
                "..a name of some length...a name of some length."
                        .getBytes(StandardCharsets.US_ASCII);
        assertThat(NameHash.of(bytes, 2, 23)).isEqualTo(NameHash.of(bytes, 26, 47));
    }
}
