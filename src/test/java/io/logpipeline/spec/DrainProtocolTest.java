package io.logpipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DrainProtocolTest {
    static Stream<Bounds> bounds() {
        return Stream.of(
                Bounds.of(3, 1).with(Fault.PROCESS_CRASH, 1).with(Fault.FAILOVER, 1),
                Bounds.of(3, 2).with(Fault.PROCESS_CRASH, 1).with(Fault.FAILOVER, 1),
                Bounds.of(3, 1).with(Fault.PROCESS_CRASH, 1).with(Fault.FAILOVER, 2),
                Bounds.of(2, 1)
                        .with(Fault.PROCESS_CRASH, 1)
                        .with(Fault.FAILOVER, 1)
                        .with(Fault.POWER_LOSS, 1),
                Bounds.of(2, 2).with(Fault.FAILED_FORCE, 1).with(Fault.FAILOVER, 1),
                Bounds.of(3, 2)
                        .with(Fault.PROCESS_CRASH, 1)
                        .with(Fault.FAILED_WRITE, 1)
                        .with(Fault.FAILED_FORCE, 1)
                        .with(Fault.POWER_LOSS, 1),
                Bounds.of(2, 2).with(Fault.FAILED_WRITE, 1).with(Fault.FAILOVER, 1),
                Bounds.of(3, 2)
                        .with(Fault.PROCESS_CRASH, 1)
                        .with(Fault.POWER_LOSS, 1)
                        .with(Fault.QUIET_HOUR, 1),
                Bounds.of(3, 2)
                        .with(Fault.PROCESS_CRASH, 1)
                        .with(Fault.POWER_LOSS, 1)
                        .namedByTheFirstClaim());
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void everyAcknowledgedEventIsInTheFileOnceWholeAndInOrder(Bounds bounds) {
        Explorer.Report report = Explorer.explore(bounds);
        System.out.println(report);
        assertThat(report.violation()).isEmpty();
        assertThat(report.exhausted()).isTrue();
        assertThat(report.quiet()).isPositive();
    }
}
