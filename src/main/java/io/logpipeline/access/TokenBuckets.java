package io.logpipeline.access;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for each name, of as many names as there is room for.
 *
 * <p>Of a bucket only the moment is kept at which it will be full again (the "theoretical arrival
 * time" of the generic cell rate algorithm, ITU-T I.371).
 *
 * <p>Invariants, whatever names an attacker makes up:
 *
 * <ul>
 *   <li>At most {@code namesMax} buckets are kept.
 *   <li>A bucket is forgotten only when it is full: its name neither gains nor loses by that. So
 *       nobody is pushed out, and a name that has a bucket is refused for its own use only.
 *   <li>Names that find no room share one bucket. All names together take at most {@code namesMax +
 *       1} times the rate; only who comes new during such an attack suffers from it.
 * </ul>
 *
 * <p>More than a bucket holds is given when it is full, and paid off before anything more is given:
 * a large batch must not be refused for ever. Thread-safe.
 */
public final class TokenBuckets {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long SWEEP_NANOS = NANOS_PER_SECOND;

    /** No name that is asked for: those are never empty. */
    private static final String NEWCOMERS = "";

    /**
     * How much a name may take.
     *
     * @param burst what a full bucket holds
     */
    public record Rate(int perSecond, int burst) {
        /** The time in which an empty bucket fills, rounded up to seconds. */
        public long windowSeconds() {
            return (burst + (long) perSecond - 1) / perSecond;
        }
    }

    /**
     * An attempt to take tokens.
     *
     * @param bucket whose it was; null when it was refused
     * @param remaining what is left
     * @param untilFull how long the bucket takes to be full again
     * @param retryAfter zero unless refused: when it would succeed
     */
    public record Taken(
            @Nullable String bucket, long remaining, Duration untilFull, Duration retryAfter) {
        /** Whether the tokens were there. */
        public boolean granted() {
            return bucket != null;
        }
    }

    private final Rate rate;
    private final long tokenNanos;
    private final long capacityNanos;
    private final LongSupplier clock;
    private final long startNanos;
    private final Semaphore room;
    private final Map<String, Long> fullAt = new ConcurrentHashMap<>();
    private final AtomicLong newcomersFullAt = new AtomicLong();
    private final AtomicLong nextSweep = new AtomicLong();

    /**
     * @param namesMax the most buckets kept
     * @param nanoTime a monotonic clock
     */
    public TokenBuckets(Rate rate, int namesMax, LongSupplier nanoTime) {
        this.rate = rate;
        this.tokenNanos = NANOS_PER_SECOND / rate.perSecond();
        this.capacityNanos = rate.burst() * tokenNanos;
        this.clock = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.room = new Semaphore(namesMax);
    }

    /** What a name may take. */
    public Rate rate() {
        return rate;
    }

    /** How many buckets are kept. */
    int kept() {
        return fullAt.size();
    }

    /** Takes tokens of a name, all of them or none. */
    public Taken take(String name, int tokens) {
        long now = now();
        Attempt attempt = new Attempt(now, tokens * tokenNanos);
        fullAt.compute(
                name,
                (key, before) -> {
                    if (before == null && !room.tryAcquire()) {
                        attempt.homeless = true;
                        return null;
                    }
                    return attempt.on(before == null ? now : before);
                });
        if (!attempt.homeless) {
            return attempt.outcome(name);
        }
        if (sweep(now)) {
            return take(name, tokens);
        }
        newcomersFullAt.updateAndGet(attempt::on);
        return attempt.outcome(NEWCOMERS);
    }

    /** Puts tokens back that were taken for nothing. */
    public void putBack(Taken taken, int tokens) {
        String bucket = taken.bucket();
        if (bucket == null) {
            return;
        }
        long nanos = tokens * tokenNanos;
        if (bucket.equals(NEWCOMERS)) {
            newcomersFullAt.addAndGet(-nanos);
        } else {
            fullAt.computeIfPresent(bucket, (key, full) -> full - nanos);
        }
    }

    /** Forgets what is full, at most once a second; true when it made room. */
    private boolean sweep(long now) {
        long due = nextSweep.get();
        if (now < due || !nextSweep.compareAndSet(due, now + SWEEP_NANOS)) {
            return false;
        }
        int forgotten = 0;
        for (Map.Entry<String, Long> bucket : fullAt.entrySet()) {
            if (bucket.getValue() <= now && fullAt.remove(bucket.getKey(), bucket.getValue())) {
                room.release();
                forgotten++;
            }
        }
        return forgotten > 0;
    }

    private long now() {
        return clock.getAsLong() - startNanos;
    }

    /** One attempt on a bucket; may be made again before it counts. */
    private final class Attempt {
        private final long now;
        private final long costNanos;
        private boolean homeless;
        private boolean granted;
        private long missingNanos;
        private long retryNanos;

        Attempt(long now, long costNanos) {
            this.now = now;
            this.costNanos = costNanos;
        }

        /** The moment at which the bucket will be full, after this attempt. */
        long on(long before) {
            long missing = Math.max(0, before - now);
            long over = missing + costNanos - capacityNanos;
            granted = missing == 0 || over <= 0;
            missingNanos = granted ? missing + costNanos : missing;
            retryNanos = granted ? 0 : Math.min(over, missing);
            return now + missingNanos;
        }

        Taken outcome(String bucket) {
            return new Taken(
                    granted ? bucket : null,
                    Math.max(0, (capacityNanos - missingNanos) / tokenNanos),
                    Duration.ofNanos(missingNanos),
                    Duration.ofNanos(retryNanos));
        }
    }
}
