package io.logpipeline.telemetry;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Knows whether the loops turn: each registers under a name and beats whenever it gets on.
 *
 * <p>A loop that waits for work or for Redis beats too, so it waits in steps well under the limit.
 * Whatever must not last longer than the limit can be registered too, such as one hold of a file
 * lock, which never beats and closes at its end. Thread-safe.
 */
public final class Watchdog {
    private final LongSupplier nanoTime;
    private final Set<Heartbeat> heartbeats = ConcurrentHashMap.newKeySet();

    /**
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    public Watchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Registers a loop, which counts as just having beaten. Names need not be unique; they are
     * shown in health answers.
     */
    public Heartbeat loop(String name) {
        Heartbeat heartbeat = new Heartbeat(name);
        heartbeats.add(heartbeat);
        return heartbeat;
    }

    /** Names the loop that has been silent longest, if that is longer than the limit. */
    public Optional<String> stalled(Duration limit) {
        long now = nanoTime.getAsLong();
        Heartbeat oldest = null;
        long oldestNanos = limit.toNanos();
        int others = -1;
        for (Heartbeat heartbeat : heartbeats) {
            long silentNanos = now - heartbeat.last;
            if (silentNanos > limit.toNanos()) {
                others++;
            }
            if (silentNanos > oldestNanos) {
                oldest = heartbeat;
                oldestNanos = silentNanos;
            }
        }
        if (oldest == null) {
            return Optional.empty();
        }
        String name = oldest.name;
        long seconds = Duration.ofNanos(oldestNanos).toSeconds();
        String tail = others == 0 ? "" : ", and " + others + " more";
        return Optional.of(name + " made no progress for " + seconds + " s" + tail);
    }

    /** One loop's sign of life; {@link #close()} when the loop ends. */
    public final class Heartbeat implements AutoCloseable {
        private final String name;
        private volatile long last = nanoTime.getAsLong();

        private Heartbeat(String name) {
            this.name = name;
        }

        /** The loop got on: did something, or found that there is nothing to do. */
        public void beat() {
            last = nanoTime.getAsLong();
        }

        /** The loop has ended and is watched no longer. May be called again. */
        @Override
        public void close() {
            heartbeats.remove(this);
        }
    }
}
