package io.logpipeline.telemetry;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one kind of fact from flooding the log: within a window the first few lines are written,
 * the others are only counted, and the next line that is written says how many they were.
 *
 * <p>Invariant: at most {@code burst + 1} lines a window, whatever the rate.
 */
final class RepeatLimit {
    private final Logger logger;
    private final int burst;
    private final long windowNanos;
    private final LongSupplier nanoTime;

    private volatile boolean active;
    private long windowStart;
    private long latest;
    private int written;
    private long notLogged;
    private long total;

    /**
     * @param burst how many lines a window may hold
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    RepeatLimit(Logger logger, int burst, Duration window, LongSupplier nanoTime) {
        this.logger = logger;
        this.burst = burst;
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Writes the line now, or counts it. */
    void log(Level level, Supplier<LogLine> line) {
        long before = admit();
        if (before >= 0) {
            logger.log(level, () -> withCount(line.get(), before).toString());
        }
    }

    /**
     * Told on every success: once a whole window has passed without a new line of this kind, says
     * so with the totals, and starts over.
     */
    void quiet(Supplier<LogLine> line) {
        if (!active) {
            return;
        }
        Ended ended = endOfQuietWindow();
        if (ended != null) {
            logger.log(Level.INFO, () -> withTotals(line.get(), ended).toString());
        }
    }

    private record Ended(long total, long notLogged, Duration quiet) {}

    /** How many lines were left out before this one, or -1 when this one is left out too. */
    private synchronized long admit() {
        long now = nanoTime.getAsLong();
        if (!active) {
            active = true;
            total = 0;
            notLogged = 0;
            openWindow(now);
        } else if (now - windowStart >= windowNanos) {
            openWindow(now);
        }
        latest = now;
        total++;
        if (written >= burst) {
            notLogged++;
            return -1;
        }
        written++;
        long before = notLogged;
        notLogged = 0;
        return before;
    }

    private void openWindow(long now) {
        windowStart = now;
        written = 0;
    }

    private synchronized @Nullable Ended endOfQuietWindow() {
        long quietNanos = nanoTime.getAsLong() - latest;
        if (!active || quietNanos < windowNanos) {
            return null;
        }
        active = false;
        return new Ended(total, notLogged, Duration.ofNanos(quietNanos));
    }

    private static LogLine withTotals(LogLine line, Ended ended) {
        line.with("count", ended.total).with("quiet_seconds", ended.quiet.toSeconds());
        return withCount(line, ended.notLogged);
    }

    private static LogLine withCount(LogLine line, long notLogged) {
        return notLogged == 0 ? line : line.with("not_logged", notLogged);
    }
}
