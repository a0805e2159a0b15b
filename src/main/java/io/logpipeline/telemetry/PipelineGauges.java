package io.logpipeline.telemetry;

import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The values that are read at each scrape, from those who know them; zero until these say. */
public final class PipelineGauges {
    private volatile int unrecognizedKeys;
    private volatile Duration keyExpiration = Duration.ZERO;
    private volatile IntSupplier pushQueueEvents = () -> 0;
    private volatile IntSupplier keysInHand = () -> 0;
    private volatile BooleanSupplier sweeperLeader = () -> false;
    private volatile Supplier<Duration> sweepTime = () -> Duration.ZERO;

    PipelineGauges(Meters meters, PipelineState state) {
        meters.gauge("push_queue_events", "Events waiting to be sent", () -> pushQueueEvents());
        meters.gauge(
                "keys_pending",
                "Pipeline-wide entries not acknowledged, as last known",
                () -> state.pending().keys());
        meters.gauge(
                "drain_lag_seconds",
                "Pipeline-wide age of the oldest entry not acknowledged, as last known",
                () -> seconds(state.pending().lag()));
        meters.gauge("keys_in_hand", "Keys claimed by this replica", () -> keysInHand());
        meters.gauge(
                "keys_unrecognized", "Keys that are not ours to drain", () -> unrecognizedKeys);
        meters.gauge(
                "sweeper_leader", "1 on the process that sweeps", () -> sweeperLeader() ? 1 : 0);
        meters.gauge(
                "sweep_seconds",
                "The last whole sweep, or the present one when that is longer; 0 when others sweep",
                () -> seconds(sweepTime.get()));
        meters.gauge("redis_up", "1 when Redis answers", () -> state.redisUp() ? 1 : 0);
        meters.gauge(
                "key_expiration_seconds",
                "Life of a list that nobody drains: what the lag is judged by",
                () -> seconds(keyExpiration));
        logDir(meters, state);
        meters.info(
                "info",
                "Always 1: what this process is",
                Map.of("role", state.role(), "version", state.version()));
    }

    /** Not a number on a process that has no log directory: no alert takes that for a full disk. */
    private static void logDir(Meters meters, PipelineState state) {
        meters.gauge(
                "log_dir_usable",
                "1 when the log directory takes writes and is the one of all drainers",
                () -> usable(state.logDirProblem()));
        meters.gauge(
                "log_dir_free_bytes",
                "Room left on the volume of the log directory",
                () -> bytes(state.logDirSpace(), PipelineState.Space::freeBytes));
        meters.gauge(
                "log_dir_size_bytes",
                "Size of the volume of the log directory",
                () -> bytes(state.logDirSpace(), PipelineState.Space::sizeBytes));
    }

    private static double usable(@Nullable String problem) {
        if (problem == null) {
            return 1;
        }
        return problem.equals(PipelineState.NOT_PROBED) ? Double.NaN : 0;
    }

    private static double bytes(
            PipelineState.@Nullable Space space, ToLongFunction<PipelineState.Space> part) {
        return space == null ? Double.NaN : part.applyAsLong(space);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** What {@code key_expiration_seconds} says. */
    public void keyExpiration(Duration life) {
        keyExpiration = life;
    }

    int pushQueueEvents() {
        return pushQueueEvents.getAsInt();
    }

    int keysInHand() {
        return keysInHand.getAsInt();
    }

    boolean sweeperLeader() {
        return sweeperLeader.getAsBoolean();
    }

    /** Where {@code push_queue_events} comes from. */
    public void pushQueueEvents(IntSupplier events) {
        pushQueueEvents = events;
    }

    /** Where {@code keys_in_hand} comes from. */
    public void keysInHand(IntSupplier keys) {
        keysInHand = keys;
    }

    /** Where {@code sweeper_leader} comes from. */
    public void sweeperLeader(BooleanSupplier leads) {
        sweeperLeader = leads;
    }

    /** Where {@code sweep_seconds} comes from. */
    public void sweepTime(Supplier<Duration> time) {
        sweepTime = time;
    }

    void unrecognizedKeys(int keys) {
        unrecognizedKeys = keys;
    }
}
