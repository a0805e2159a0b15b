package io.logpipeline.page;

import io.logpipeline.redis.Replicas;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The last look at who drains. Nothing waits for Redis here, and it is asked one question at a
 * time: while it does not answer there is no other one.
 */
final class ReplicaLook {
    private static final Duration SHOWN_FOR = Duration.ofSeconds(5);
    private static final Duration COMPARED_OVER = Duration.ofSeconds(15);

    /**
     * @param endedPerSecond lists that all replicas together ended lately; negative when there is
     *     nothing to compare with
     */
    record Seen(Replicas.Group group, long nanos, double endedPerSecond) {}

    private record Look(long nanos, long ended) {}

    private final Replicas replicas;
    private final MonotonicClock clock;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Deque<Look> looks = new ArrayDeque<>();
    private volatile @Nullable Seen last;

    ReplicaLook(Replicas replicas, MonotonicClock clock) {
        this.replicas = replicas;
        this.clock = clock;
    }

    /** Asks, unless an answer is still awaited. */
    void ask() {
        if (!asking.compareAndSet(false, true)) {
            return;
        }
        var unused =
                replicas.look()
                        .whenComplete((group, failure) -> {
                            last = failure == null ? seen(group) : null;
                            asking.set(false);
                        });
    }

    private synchronized Seen seen(Replicas.Group group) {
        long now = clock.nanoTime();
        // Fewer than before: it is another stream.
        looks.removeIf(
                look -> look.ended > group.ended() || now - look.nanos > COMPARED_OVER.toNanos());
        double rate = -1;
        if (!looks.isEmpty()) {
            Look before = looks.getFirst();
            rate = (group.ended() - before.ended) * 1e9 / Math.max(1, now - before.nanos);
        }
        looks.addLast(new Look(now, group.ended()));
        return new Seen(group, now, rate);
    }

    /** Empty when nobody asked lately, or Redis did not answer. */
    Optional<Seen> latest() {
        Seen seen = last;
        return seen == null || clock.since(seen.nanos()).compareTo(SHOWN_FOR) > 0
                ? Optional.empty()
                : Optional.of(seen);
    }
}
