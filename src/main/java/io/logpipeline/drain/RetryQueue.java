package io.logpipeline.drain;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private record Waiting(PendingEntry entry, long dueNanos) {}

    private final MonotonicClock clock;
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>(
                    Comparator.comparingLong((Waiting each) -> each.dueNanos - startNanos()));
    private final Map<String, Integer> failures = new HashMap<>();
    private final long startNanos;

    RetryQueue(MonotonicClock clock) {
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    private long startNanos() {
        return startNanos;
    }

    /** Keeps an entry for later; false when there is no room. */
    synchronized boolean add(PendingEntry entry) {
        int before = failures.getOrDefault(entry.name(), 0);
        if (before == 0 && failures.size() >= ENTRIES_MAX) {
            return false;
        }
        failures.put(entry.name(), before + 1);
        Duration delay = DELAY_MIN.multipliedBy(1L << Math.min(before, 10));
        delay = delay.compareTo(DELAY_MAX) < 0 ? delay : DELAY_MAX;
        waiting.add(new Waiting(entry, clock.nanoTime() + delay.toNanos()));
        return true;
    }

    /** An entry whose time has come, or null. It counts as held until {@link #forget}. */
    synchronized @Nullable PendingEntry poll() {
        Waiting first = waiting.peek();
        if (first == null || first.dueNanos - clock.nanoTime() > 0) {
            return null;
        }
        waiting.remove();
        return first.entry;
    }

    /** Takes out all that waits. */
    synchronized List<PendingEntry> drainAll() {
        List<PendingEntry> all = waiting.stream().map(Waiting::entry).toList();
        waiting.clear();
        return all;
    }

    /** Ends an entry's history. */
    synchronized void forget(PendingEntry entry) {
        failures.remove(entry.name());
    }
}
