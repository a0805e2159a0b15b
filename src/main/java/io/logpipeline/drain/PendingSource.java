package io.logpipeline.drain;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.List;

/**
 * One stream as an {@link Intake} sees it: when there is something to ask it. Under the intake's
 * lock, but for its ends and the calls of the one worker that asks it.
 */
final class PendingSource {
    static final Duration IDLE_MAX = Duration.ofSeconds(1);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

    final PendingStream stream;
    final Endings endings;
    boolean beingAsked;

    private final MonotonicClock clock;
    private final Duration interval;
    private final Duration lease;
    private boolean failedLast;
    private long nextReclaimNanos;
    private long nextDueNanos;

    PendingSource(
            PendingStream stream,
            Endings endings,
            MonotonicClock clock,
            Duration interval,
            Duration lease) {
        this.stream = stream;
        this.endings = endings;
        this.clock = clock;
        this.interval = interval;
        this.lease = lease;
        nextReclaimNanos = clock.nanoTime();
        nextDueNanos = nextReclaimNanos;
    }

    /** When there is something to ask. */
    long nextNanos() {
        return nextReclaimNanos - nextDueNanos < 0 ? nextReclaimNanos : nextDueNanos;
    }

    /** Whether it answered when it was asked last. */
    boolean answers() {
        return !failedLast;
    }

    /** What is due, if anything can be. */
    List<PendingEntry> ask(int countMax) throws RedisFailure, InterruptedException {
        List<PendingEntry> reclaimed = reclaimIfDue(countMax);
        if (!reclaimed.isEmpty() || nextDueNanos - clock.nanoTime() > 0) {
            failedLast = false;
            return reclaimed;
        }
        PendingStream.Taken taken = stream.take(interval, countMax);
        failedLast = false;
        return switch (taken) {
            case PendingStream.Taken.Entries entries -> entries.entries();
            case PendingStream.Taken.NothingDue nothing -> {
                Duration wait =
                        nothing.delay().compareTo(IDLE_MAX) < 0
                                ? nothing.delay().plusMillis(1)
                                : IDLE_MAX;
                nextDueNanos = clock.nanoTime() + wait.toNanos();
                yield List.of();
            }
        };
    }

    /** Three times a lease. */
    private List<PendingEntry> reclaimIfDue(int countMax)
            throws RedisFailure, InterruptedException {
        long now = clock.nanoTime();
        if (now - nextReclaimNanos < 0) {
            return List.of();
        }
        nextReclaimNanos = now + lease.toNanos() / 3;
        List<PendingEntry> reclaimed = stream.reclaim(lease, countMax);
        if (reclaimed.size() == countMax) {
            nextReclaimNanos = now;
        }
        return reclaimed;
    }

    /** After a failure. */
    void pause() {
        long until = clock.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
        nextReclaimNanos = until - nextReclaimNanos > 0 ? until : nextReclaimNanos;
        nextDueNanos = until;
        failedLast = true;
    }

    /**
     * Ends what is to be ended, and gives back the rest. For a replica that has stopped.
     *
     * @param left entries of this stream that nobody works on
     */
    void close(List<PendingEntry> left) throws RedisFailure, InterruptedException {
        endings.finish();
        for (PendingEntry entry : left) {
            stream.giveBack(entry, lease);
        }
    }
}
