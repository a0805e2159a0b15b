package io.logpipeline.drain;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * One stream as an {@link Intake} sees it: when there is something to ask it, and which entries are
 * to be ended there. Under the intake's lock, but for the calls of the one worker that asks it.
 */
final class PendingSource {
    static final Duration IDLE_MAX = Duration.ofSeconds(1);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);
    private static final int ENDED_PER_CALL_MAX = 1000;

    final PendingStream stream;
    boolean beingAsked;

    private final MonotonicClock clock;
    private final Duration interval;
    private final Duration lease;
    private final Queue<PendingEntry> ended = new ArrayDeque<>();
    private long nextReclaimNanos;
    private long nextDueNanos;
    private long nextEndNanos;

    PendingSource(PendingStream stream, MonotonicClock clock, Duration interval, Duration lease) {
        this.stream = stream;
        this.clock = clock;
        this.interval = interval;
        this.lease = lease;
        nextReclaimNanos = clock.nanoTime();
        nextDueNanos = nextReclaimNanos;
        nextEndNanos = nextReclaimNanos;
    }

    /** When there is something to ask. */
    long nextNanos() {
        long next = earlier(nextReclaimNanos, nextDueNanos);
        return ended.isEmpty() ? next : earlier(next, nextEndNanos);
    }

    private static long earlier(long one, long another) {
        return one - another < 0 ? one : another;
    }

    /** Keeps an entry that is to be ended. */
    void ended(PendingEntry entry) {
        ended.add(entry);
    }

    /** Takes out entries that are to be ended, as many as one call takes. */
    List<PendingEntry> takeEnded() {
        List<PendingEntry> some = new ArrayList<>();
        while (!ended.isEmpty() && some.size() < ENDED_PER_CALL_MAX) {
            some.add(ended.remove());
        }
        return some;
    }

    /** What is due, if anything can be. */
    List<PendingEntry> ask(int countMax) throws RedisFailure, InterruptedException {
        List<PendingEntry> reclaimed = reclaimIfDue(countMax);
        if (!reclaimed.isEmpty() || nextDueNanos - clock.nanoTime() > 0) {
            return reclaimed;
        }
        return switch (stream.take(interval, countMax)) {
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
        nextEndNanos = until;
    }
}
