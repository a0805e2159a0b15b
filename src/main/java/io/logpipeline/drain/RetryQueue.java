package io.logpipeline.drain;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Entries that failed and wait for their next try, each by its own growing delay. Bounded: what
 * finds no room is left to the group, whose lease brings it back.
 */
final class RetryQueue {
    private static final Duration DELAY_MIN = Duration.ofMillis(200);
    private static final Duration DELAY_MAX = Duration.ofSeconds(10);
    private static final int ENTRIES_MAX = 1000;

    private record Waiting(HeldEntry held, long dueNanos) {}

    private final MonotonicClock clock;
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(
                    Comparator.comparingLong((Waiting each) -> each.dueNanos - startNanos()));
    private final long startNanos;

    /** Those that have failed and were not forgotten, waiting or not. */
    private int known;

    RetryQueue(MonotonicClock clock) {
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    private long startNanos() {
        return startNanos;
    }

    /** Keeps an entry for later; false when there is no room. */
    synchronized boolean add(HeldEntry held) {
        if (held.failures == 0) {
            if (known >= ENTRIES_MAX) {
                return false;
            }
            known++;
        }
        Duration delay = DELAY_MIN.multipliedBy(1L << Math.min(held.failures, 10));
        delay = delay.compareTo(DELAY_MAX) < 0 ? delay : DELAY_MAX;
        held.failures++;
        waiting.add(new Waiting(held, clock.nanoTime() + delay.toNanos()));
        return true;
    }

    /** An entry whose time has come, or null. It keeps its room until {@link #forget}. */
    synchronized @Nullable HeldEntry poll() {
        Waiting first = waiting.peek();
        if (first == null || first.dueNanos - clock.nanoTime() > 0) {
            return null;
        }
        waiting.remove();
        return first.held;
    }

    /** Takes out all that waits. */
    synchronized List<PendingEntry> drainAll() {
        List<PendingEntry> all = waiting.stream().map(each -> each.held.entry).toList();
        waiting.clear();
        return all;
    }

    /** Ends an entry's history. */
    synchronized void forget(HeldEntry held) {
        if (held.failures > 0) {
            held.failures = 0;
            known--;
        }
    }
}
