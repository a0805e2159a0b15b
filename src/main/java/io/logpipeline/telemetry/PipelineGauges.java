package io.logpipeline.telemetry;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** The values that are read at each scrape, from those who know them. */
final class PipelineGauges {
    private volatile int unrecognizedKeys;
    private volatile IntSupplier pushQueueEvents = () -> 0;
    private volatile IntSupplier keysInHand = () -> 0;
    private volatile BooleanSupplier sweeperLeader = () -> false;

    PipelineGauges(Meters meters, PipelineState state) {
        meters.gauge(
                "push_queue_events", "Events waiting to be sent", () -> pushQueueEvents.getAsInt());
        meters.gauge(
                "keys_pending",
                "Pipeline-wide entries not acknowledged, as last known",
                () -> state.pending().keys());
        meters.gauge(
                "drain_lag_seconds",
                "Pipeline-wide age of the oldest entry not acknowledged, as last known",
                () -> seconds(state.pending().lag()));
        meters.gauge("keys_in_hand", "Keys claimed by this replica", () -> keysInHand.getAsInt());
        meters.gauge(
                "keys_unrecognized", "Keys that are not ours to drain", () -> unrecognizedKeys);
        meters.gauge(
                "sweeper_leader",
                "1 on the process that sweeps",
                () -> sweeperLeader.getAsBoolean() ? 1 : 0);
        meters.gauge("redis_up", "1 when Redis answers", () -> state.redisUp() ? 1 : 0);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    void pushQueueEvents(IntSupplier events) {
        pushQueueEvents = events;
    }

    void keysInHand(IntSupplier keys) {
        keysInHand = keys;
    }

    void sweeperLeader(BooleanSupplier leads) {
        sweeperLeader = leads;
    }

    void unrecognizedKeys(int keys) {
        unrecognizedKeys = keys;
    }
}
