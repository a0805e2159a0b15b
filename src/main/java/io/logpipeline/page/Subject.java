package io.logpipeline.page;

import io.logpipeline.telemetry.Figures;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.RecentFailures;
import io.logpipeline.telemetry.Watchdog;
import java.time.Duration;
import java.util.function.Supplier;

/** The process that the page is about. */
public record Subject(
        PipelineState state,
        Supplier<Figures> figures,
        RecentFailures failures,
        Watchdog watchdog,
        MonotonicClock clock,
        Traits traits) {
    /**
     * What does not change while it runs.
     *
     * @param replica its name in the consumer group
     * @param interval how long a list gathers before it is due
     * @param listLife how long a list lives that nobody drains
     * @param lease how long a drainer may give no sign of life
     * @param livenessLimit how long a loop may make no progress
     */
    public record Traits(
            String replica,
            boolean ingests,
            boolean drains,
            Duration interval,
            Duration listLife,
            Duration lease,
            Duration livenessLimit) {
        /** From here on a lag is worth an alarm, as for the alert DrainLagHigh. */
        Duration lagHigh() {
            return listLife.dividedBy(2);
        }

        /** A list waits for the interval, and somewhat longer when its drainer is at others. */
        Duration lagUsual() {
            Duration usual = interval.multipliedBy(2).plusSeconds(10);
            return usual.compareTo(lagHigh()) < 0 ? usual : lagHigh();
        }
    }

    /** Whether the log directory was looked at and is no good. */
    boolean logDirUnusable() {
        String problem = state.logDirProblem();
        return traits.drains() && problem != null && !problem.equals(PipelineState.NOT_PROBED);
    }
}
