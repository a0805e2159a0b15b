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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends entries of one stream while nobody waits: at once, or with those that gather while a call is
 * unanswered (group commit).
 *
 * <p>Invariant: whatever becomes of a call, its entries are held no more. Those that it did not end
 * come back by their leases.
 */
final class Endings {
    /** Longer than a call may take; what is not answered by then is lost. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private static final int ENTRIES_PER_CALL_MAX = 1000;

    private record Call(List<PendingEntry> entries, long sentNanos) {}

    private final PendingStream stream;
    private final MonotonicClock clock;
    private final Set<String> held;
    private final Queue<PendingEntry> gathered = new ArrayDeque<>();
    private @Nullable Call unanswered;

    /**
     * @param held names of entries in this process' hands, for several threads
     */
    Endings(PendingStream stream, MonotonicClock clock, Set<String> held) {
        this.stream = stream;
        this.clock = clock;
        this.held = held;
    }

    void end(PendingEntry entry) {
        synchronized (this) {
            gathered.add(entry);
        }
        send();
    }

    /** Sends what has gathered, unless a call is unanswered that may still be answered. */
    void send() {
        Call call = nextCall();
        if (call != null) {
            var unused =
                    stream.acknowledge(call.entries())
                            .whenComplete((reply, failure) -> answered(call));
        }
    }

    private synchronized @Nullable Call nextCall() {
        Call before = unanswered;
        if (before != null && clock.since(before.sentNanos()).compareTo(ANSWER_MAX) >= 0) {
            forget(before);
        }
        if (unanswered != null || gathered.isEmpty()) {
            return null;
        }
        List<PendingEntry> entries = new ArrayList<>();
        while (!gathered.isEmpty() && entries.size() < ENTRIES_PER_CALL_MAX) {
            entries.add(gathered.remove());
        }
        Call next = new Call(entries, clock.nanoTime());
        unanswered = next;
        return next;
    }

    private void answered(Call call) {
        forget(call);
        send();
    }

    private synchronized void forget(Call call) {
        call.entries().forEach(entry -> held.remove(entry.name()));
        if (call.equals(unanswered)) {
            unanswered = null;
        }
    }

    /** Ends all that no call is known to have ended, and waits for it. */
    void finish() throws RedisFailure, InterruptedException {
        List<PendingEntry> left;
        synchronized (this) {
            left = new ArrayList<>(gathered);
            gathered.clear();
            if (unanswered != null) {
                left.addAll(unanswered.entries());
            }
        }
        for (int from = 0; from < left.size(); from += ENTRIES_PER_CALL_MAX) {
            int to = Math.min(left.size(), from + ENTRIES_PER_CALL_MAX);
            stream.acknowledgeNow(left.subList(from, to));
        }
    }
}
