package io.logpipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Faults that together are too many for the protocol as it is, and what would withstand them. */
class KnownLimitsTest {
    private static final Bounds FAILOVER = Bounds.of(2, 1).with(Fault.FAILOVER, 1);

    static Stream<Arguments> limits() {
        return Stream.of(
                // A cut that was not forced, below lines that a fail-over made others.
                Arguments.of(
                        "a torn line",
                        FAILOVER.with(Fault.FAILED_WRITE, 1).with(Fault.POWER_LOSS, 1),
                        Mutant.FORCE_AFTER_CUT_BACK),
                // The same when the one who cut dies before the cut is forced.
                Arguments.of(
                        "a torn line",
                        FAILOVER.with(Fault.PROCESS_CRASH, 2).with(Fault.POWER_LOSS, 1),
                        Mutant.FORCE_BEFORE_WRITE),
                Arguments.of(
                        "a torn line",
                        FAILOVER.with(Fault.PROCESS_CRASH, 1)
                                .with(Fault.FAILED_FORCE, 1)
                                .with(Fault.POWER_LOSS, 1),
                        Mutant.FORCE_BEFORE_WRITE),
                // A list that the sweeper keeps can wait longer than a ledger lives.
                Arguments.of(
                        "e1 twice",
                        FAILOVER.with(Fault.QUIET_HOUR, 1),
                        Mutant.FIRST_POSITION_IS_ZERO),
                // A store that forgets its id but not the events that were there before it.
                Arguments.of(
                        "e1 twice",
                        FAILOVER.namedByTheFirstClaim(),
                        Mutant.FIRST_POSITION_IS_ZERO));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void theseFaultsTogetherBreakThePromiseAndTheChangeWouldKeepIt(
            String what, Bounds bounds, Mutant change) {
        Explorer.Report broken = Explorer.explore(bounds);
        Explorer.Report kept = Explorer.explore(bounds.with(change));
        System.out.println(broken);

        assertThat(broken.violation().map(Explorer.Violation::what)).contains(what);
        assertThat(kept.violation()).isEmpty();
    }
}
