package io.logpipeline.telemetry;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this process last learnt about the pipeline: written by those who find it out, read by the
 * gauges and the health answers. Thread-safe; every read is a plain look, nothing here waits.
 *
 * <p>The texts are shown to whoever may ask for {@code /health}: no host name, no credential.
 */
public final class PipelineState {
    /**
     * What {@link #logDirProblem()} says of a directory that nobody looks at, or not yet: a drainer
     * starts as not ready.
     */
    public static final String NOT_PROBED = "not probed yet";

    private final String role;
    private final String version;
    private volatile boolean redisUp;
    private volatile BooleanSupplier connected = () -> true;
    private volatile @Nullable String redisProblem = "not connected yet";
    private volatile Pending pending = new Pending(0, Duration.ZERO);
    private volatile boolean started;
    private volatile @Nullable String logDirProblem = NOT_PROBED;
    private volatile @Nullable Space logDirSpace;

    /** The two belong together: one look never mixes two answers of Redis. */
    public record Pending(long keys, Duration lag) {}

    /** The room of the log directory's volume. */
    public record Space(long freeBytes, long sizeBytes) {}

    /** A process that has not reached Redis yet. */
    public PipelineState(String role, String version) {
        this.role = role;
        this.version = version;
    }

    /** Whether Redis answered last time; an answer also ends {@link #redisProblem()}. */
    public void redisUp(boolean up) {
        if (up) {
            redisProblem = null;
        }
        redisUp = up;
    }

    /** Whether Redis answered last time. */
    public boolean redisUp() {
        return redisUp;
    }

    /** Whether requests have their connection to Redis now. */
    boolean isConnected() {
        return connected.getAsBoolean();
    }

    /**
     * Says how to see whether requests have their connection to Redis. It comes up by itself, at
     * another moment than that by which Redis was seen; without it they fail.
     */
    public void connected(BooleanSupplier connected) {
        this.connected = connected;
    }

    /** Says why Redis is not up. Shown, not judged: {@link #redisUp(boolean)} decides. */
    public void redisProblem(@Nullable String problem) {
        redisProblem = problem;
    }

    /** Why Redis is not up, when that is known. */
    public @Nullable String redisProblem() {
        return redisProblem;
    }

    /**
     * The pipeline-wide entries not acknowledged and the age of the oldest, zero when none. While
     * Redis is away nobody calls this, and both keep their last value.
     */
    public void pending(long keys, Duration lag) {
        pending = new Pending(keys, lag);
    }

    /** The last known pending entries: from before Redis went away, when it is away. */
    public Pending pending() {
        return pending;
    }

    /** Connected once, and the consumer group exists. Never taken back. */
    public void started() {
        started = true;
    }

    /** Whether {@link #started()} was called. */
    public boolean isStarted() {
        return started;
    }

    /** The outcome of the drainer's probe of its log directory; null when it is healthy. */
    public void logDirProblem(@Nullable String problem) {
        logDirProblem = problem;
    }

    /** What is wrong with the log directory, null when nothing is; not probed yet at first. */
    public @Nullable String logDirProblem() {
        return logDirProblem;
    }

    /** The room of the volume that the log directory is on, as last seen. */
    public void logDirSpace(long freeBytes, long sizeBytes) {
        logDirSpace = new Space(freeBytes, sizeBytes);
    }

    /** Null where no log directory is looked at. */
    public @Nullable Space logDirSpace() {
        return logDirSpace;
    }

    /** The role this process was started with. */
    public String role() {
        return role;
    }

    /** The version of this build. */
    public String version() {
        return version;
    }
}
