package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names are told apart as a set of them tells them apart. */
class MemberNamesTest {
    private static final int HISTORIES = 3_000;
    private static final int DEPTH_MAX = 4;

    /** What is escaped, what begins alike, quotes and backslashes in every order, lone halves. */
    private static final String[] PIECES = {
        "", "a", "b", "\"", "\\", "\n", "é", "\u0001", "😀", "\uD83D", "\uDE00", "aaaaaaaa"
    };

    private final LineWriter line = new LineWriter(1 << 22);
    private final MemberNames names = new MemberNames(line);

    @Test
    void aNameIsNewWhereItIsNewToASet() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            line.ascii('{');
            fill(1, random, seed);
            line.take();
        }
    }

    /** One object, with objects within, as the reader goes through them. */
    private void fill(int depth, Random random, int seed) {
        names.open(depth);
        Set<String> seen = new HashSet<>();
        int count = random.nextInt(depth == 1 ? 200 : 30);
        for (int i = 0; i < count; i++) {
            String name = name(random);
            int start = line.size();
            line.string(name);
            assertThat(names.add(depth, start))
                    .as("%s at depth %d, seed %d", name, depth, seed)
                    .isEqualTo(seen.add(name));
            line.ascii(':');
            if (depth < DEPTH_MAX && random.nextInt(20) == 0) {
                line.ascii('{');
                fill(depth + 1, random, seed);
            }
        }
        names.close(depth);
        line.ascii('}');
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            name.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return name.toString();
    }
}
