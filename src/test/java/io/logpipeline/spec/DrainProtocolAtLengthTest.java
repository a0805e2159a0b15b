package io.logpipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@EnabledIfSystemProperty(named = "logpipeline.chaos", matches = "true")
class DrainProtocolAtLengthTest {
    /** What fits into a heap of 1 GiB. */
    private static final int STATES_MAX = 8_000_000;

    static Stream<Bounds> bounds() {
        return Stream.of(
                Bounds.of(3, 2).with(Fault.PROCESS_CRASH, 2).with(Fault.FAILOVER, 2),
                Bounds.of(4, 2).with(Fault.PROCESS_CRASH, 2).with(Fault.FAILOVER, 1),
                Bounds.of(4, 1)
                        .with(Fault.PROCESS_CRASH, 1)
                        .with(Fault.FAILOVER, 1)
                        .with(Fault.POWER_LOSS, 1),
                Bounds.of(4, 2)
                        .with(Fault.PROCESS_CRASH, 2)
                        .with(Fault.FAILED_WRITE, 1)
                        .with(Fault.FAILED_FORCE, 1)
                        .with(Fault.POWER_LOSS, 1),
                Bounds.of(3, 2)
                        .with(Fault.PROCESS_CRASH, 1)
                        .with(Fault.FAILOVER, 1)
                        .with(Fault.FAILED_WRITE, 1)
                        .with(Fault.FAILED_FORCE, 1)
                        .with(Fault.POWER_LOSS, 1)
                        .with(Mutant.FORCE_BEFORE_WRITE));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void everyAcknowledgedEventIsInTheFileOnceWholeAndInOrder(Bounds bounds) {
        Explorer.Report report = Explorer.explore(bounds);
        System.out.println(report);
        assertThat(report.violation()).isEmpty();
        assertThat(report.exhausted()).isTrue();
    }

    @Test
    void noShortHistoryOfFourEventsTwoCrashesAndTwoFailoversBreaksThePromise() {
        Explorer.Report report =
                Explorer.explore(
                        Bounds.of(4, 2).with(Fault.PROCESS_CRASH, 2).with(Fault.FAILOVER, 2),
                        STATES_MAX);
        System.out.println(report);
        assertThat(report.violation()).isEmpty();
        assertThat(report.steps()).isGreaterThanOrEqualTo(15);
    }
}
