package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The events of one request, by list, on their way to Redis. Ends once, with its last part. */
final class PushRequest {
    private static final int EVENT_OVERHEAD_BYTES = 64;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** The request's events for one list, in their order. */
    record Part(String list, int slot, List<byte[]> lines) {}

    /** The parts that go by one lane: the first of them that is not sent is its next one. */
    final class Share {
        private final int lane;
        private final List<Part> parts;

        /** Of whoever sends in this lane, alone. */
        private int sent;

        private Share(int lane, List<Part> parts) {
            this.lane = lane;
            this.parts = parts;
        }

        int lane() {
            return lane;
        }

        PushRequest request() {
            return PushRequest.this;
        }

        boolean hasUnsent() {
            return sent < parts.size() && !ended;
        }

        /** The next part. */
        Part next() {
            return parts.get(sent);
        }

        /** The next part counts as sent. */
        void sendNext() {
            sent++;
        }
    }

    /** What became of one list's part. */
    sealed interface PartEnd {
        record Stored() implements PartEnd {}

        record Duplicate() implements PartEnd {}

        record OtherEvents() implements PartEnd {}

        record Failed(RedisFailure failure) implements PartEnd {}
    }

    /** Told of a request that has ended, once. */
    interface Ended {
        void with(PushRequest request);
    }

    private final List<Share> shares;
    private final @Nullable String idempotencyKey;
    private final int events;
    private final int bytes;
    private volatile boolean gathered;
    private volatile boolean told;
    private volatile @Nullable Thread waiter;

    private volatile long lastProgressNanos = System.nanoTime();
    private int partsOpen;
    private volatile boolean ended;
    private boolean anyStored;
    private boolean keyReused;
    private @Nullable RedisFailure failure;

    PushRequest(List<LogEvent> events, @Nullable String idempotencyKey, Topology topology) {
        this.idempotencyKey = idempotencyKey;
        this.events = events.size();
        int total = 0;
        for (LogEvent event : events) {
            total += event.line().length + EVENT_OVERHEAD_BYTES;
        }
        this.bytes = total;
        List<Part> parts = parts(events, topology);
        this.partsOpen = parts.size();
        this.shares = shares(parts, topology);
    }

    private static List<Part> parts(List<LogEvent> events, Topology topology) {
        if (events.size() == 1) {
            LogEvent event = events.getFirst();
            return List.of(part(event.userDay().key(), List.of(event.line()), topology));
        }
        Map<String, Part> parts = new LinkedHashMap<>();
        for (LogEvent event : events) {
            parts.computeIfAbsent(
                            event.userDay().key(), list -> part(list, new ArrayList<>(1), topology))
                    .lines()
                    .add(event.line());
        }
        return List.copyOf(parts.values());
    }

    private static Part part(String list, List<byte[]> lines, Topology topology) {
        return new Part(list, topology.slot(list), lines);
    }

    private List<Share> shares(List<Part> parts, Topology topology) {
        if (topology.lanes() == 1 || parts.size() == 1) {
            return List.of(new Share(topology.lane(parts.getFirst().slot()), parts));
        }
        // By slot, so that what shares one goes together.
        Map<Integer, List<Part>> byLane =
                parts.stream()
                        .sorted(Comparator.comparingInt(Part::slot))
                        .collect(Collectors.groupingBy(part -> topology.lane(part.slot())));
        return byLane.entrySet().stream()
                .map(each -> new Share(each.getKey(), each.getValue()))
                .toList();
    }

    /** Its parts, by lane. */
    List<Share> shares() {
        return shares;
    }

    @Nullable String idempotencyKey() {
        return idempotencyKey;
    }

    int events() {
        return events;
    }

    /** About what it takes of memory. */
    int bytes() {
        return bytes;
    }

    /** Whether it came, and the last of its parts ended, longer ago than this. */
    boolean isOlderThan(Duration limit) {
        return System.nanoTime() - lastProgressNanos > limit.toNanos();
    }

    /** Its thread lets others come no more, and is about to send. */
    void gathered() {
        gathered = true;
    }

    /** Whether nobody is to rely any more on its thread's sending what they add. */
    boolean isGathered() {
        return gathered;
    }

    /** Waits for its end: each call has one, so this has. */
    PushOutcome await() throws InterruptedException {
        waiter = Thread.currentThread();
        while (!told) {
            LockSupport.park(this);
            if (!told && Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return outcome();
    }

    /**
     * Notes one part's end; true when the request has ended by it, and is to be {@linkplain #tell
     * told} of it.
     */
    synchronized boolean partEnded(PartEnd end) {
        switch (end) {
            case PartEnd.Stored stored -> anyStored = true;
            case PartEnd.Duplicate duplicate -> {}
            case PartEnd.OtherEvents other -> keyReused = true;
            case PartEnd.Failed failed -> failure = failed.failure();
        }
        partsOpen--;
        if (partsOpen <= 0) {
            return end();
        }
        if (!(end instanceof PartEnd.Failed)) {
            lastProgressNanos = System.nanoTime();
        }
        return false;
    }

    /** Ends the request with parts open, none of which is sent any more; true as above. */
    synchronized boolean abort(RedisFailure cause) {
        failure = cause;
        return end();
    }

    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        return true;
    }

    /** Tells whoever waits what became of it. */
    void tell() {
        told = true;
        LockSupport.unpark(waiter);
    }

    private synchronized PushOutcome outcome() {
        if (failure != null) {
            return new PushOutcome.Failed(failure.publicDetails(), RETRY_AFTER);
        }
        if (keyReused) {
            return new PushOutcome.KeyReused();
        }
        return anyStored ? new PushOutcome.Stored() : new PushOutcome.Duplicate();
    }
}
