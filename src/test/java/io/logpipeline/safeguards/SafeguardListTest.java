package io.logpipeline.safeguards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * That the list is about the code as it is; what it claims takes {@link EverySafeguardIsMissedIT}.
 */
class SafeguardListTest {
    static Stream<Safeguard> all() {
        return Safeguards.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void theCodeOfASafeguardIsFoundOnceInItsFile(Safeguard safeguard) {
        assertThat(safeguard.occurrences())
                .as("%s: %s in %s", safeguard.name(), safeguard.code(), safeguard.file())
                .isEqualTo(1);
        assertThat(safeguard.without()).isNotEqualTo(safeguard.code());
        assertThat(safeguard.killers()).isNotEmpty();
    }

    @Test
    void namesAreUnique() {
        assertThat(all().map(Safeguard::name)).doesNotHaveDuplicates();
    }
}
