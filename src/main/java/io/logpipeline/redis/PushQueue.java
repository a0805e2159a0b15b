package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: requests hand their events to one sender, which sends everything waiting in one
 * flush; each request ends with its own replies.
 *
 * <p>Invariants: what waits or is unanswered is bounded in bytes; a push is sent at most once; the
 * events of one request for one list travel in one script call, so that they are stored all or not
 * at all.
 */
public final class PushQueue implements Pushes, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");
    private static final int REQUESTS_PER_FLUSH_MAX = 1024;
    private static final int GROUP_BYTES_MAX = 1024 * 1024;
    private static final int EVENT_OVERHEAD_BYTES = 64;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RedisCalls calls;
    private final PendingStream pending;
    private final byte[] expirationSeconds;
    private final int bytesMax;
    private final Semaphore freeBytes;
    private final BlockingQueue<Object> waiting = new LinkedBlockingQueue<>();
    private final AtomicInteger unansweredEvents = new AtomicInteger();
    private final Thread sender;

    private static final Object STOP = new Object();

    /**
     * @param calls a gathering link of this queue's own, which it closes
     * @param pending where lists that begin are made known
     * @param expiration how long a list lives after its last push
     * @param bytesMax the most bytes of events that wait or are unanswered
     */
    public PushQueue(RedisCalls calls, PendingStream pending, Duration expiration, int bytesMax) {
        this.calls = calls;
        this.pending = pending;
        this.expirationSeconds = ascii(Long.toString(expiration.toSeconds()));
        this.bytesMax = bytesMax;
        this.freeBytes = new Semaphore(bytesMax);
        this.sender = Thread.ofPlatform().name("push-sender").start(this::sendUntilClosed);
    }

    /** Events that wait to be sent or answered. */
    public int unansweredEvents() {
        return unansweredEvents.get();
    }

    @Override
    public PushOutcome push(List<LogEvent> events, @Nullable String idempotencyKey)
            throws InterruptedException {
        Request request = new Request(events, idempotencyKey);
        if (!freeBytes.tryAcquire(request.bytes)) {
            return new PushOutcome.Overloaded(RETRY_AFTER);
        }
        unansweredEvents.addAndGet(request.events);
        waiting.add(request);
        try {
            return request.outcome.get(calls.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            String details =
                    new RedisFailure(RedisFailure.Kind.TIMED_OUT, "no reply").publicDetails();
            return new PushOutcome.Failed(details, RETRY_AFTER);
        } catch (ExecutionException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private void sendUntilClosed() {
        List<Object> next = new ArrayList<>();
        try {
            while (true) {
                next.clear();
                next.add(waiting.take());
                waiting.drainTo(next, REQUESTS_PER_FLUSH_MAX);
                sendOrFail(next);
                calls.flush();
                if (next.contains(STOP)) {
                    return;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendOrFail(List<Object> requests) {
        try {
            send(requests);
        } catch (RuntimeException defect) {
            // The sender goes on: those requests end by their time-out, as if Redis were silent.
            LOG.log(System.Logger.Level.ERROR, "Requests failed by a defect of ours", defect);
        }
    }

    /** Joins what goes to one list into one call, in the order it came. */
    private void send(List<Object> requests) {
        Map<String, Group> open = new LinkedHashMap<>();
        for (Object each : requests) {
            if (!(each instanceof Request request)) {
                continue;
            }
            for (Map.Entry<String, List<byte[]>> part : request.lines.entrySet()) {
                String list = part.getKey();
                String key = request.idempotencyKey;
                if (key != null) {
                    // What was gathered for the list before this request goes before it.
                    sendIfPresent(list, open.remove(list));
                    Group alone = new Group(RedisKeys.onceMarker(list, key));
                    alone.add(request, part.getValue());
                    send(list, alone);
                    continue;
                }
                Group group = open.computeIfAbsent(list, absent -> new Group(null));
                group.add(request, part.getValue());
                if (group.bytes > GROUP_BYTES_MAX) {
                    open.remove(list);
                    send(list, group);
                }
            }
        }
        open.forEach(this::send);
    }

    private void sendIfPresent(String list, @Nullable Group group) {
        if (group != null) {
            send(list, group);
        }
    }

    private void send(String list, Group group) {
        List<String> keys =
                group.onceMarker == null ? List.of(list) : List.of(list, group.onceMarker);
        List<byte[]> arguments = new ArrayList<>(1 + group.lines.size());
        arguments.add(expirationSeconds);
        arguments.addAll(group.lines);
        var unused =
                calls.run(Script.PUSH, keys, arguments)
                        .whenComplete((reply, thrown) -> {
                            if (thrown == null) {
                                answered(list, group, reply);
                            } else {
                                failed(group, RedisCalls.failure(thrown));
                            }
                        });
    }

    private void answered(String list, Group group, Reply reply) {
        boolean stored =
                switch (reply.word()) {
                    case "STORED" -> true;
                    case "DUPLICATE" -> false;
                    default -> throw reply.unknown(Script.PUSH);
                };
        if (stored && reply.number(1) == group.lines.size()) {
            pending.add(list, reply.number(2));
        }
        group.requests.forEach(request -> end(request, stored, null));
    }

    private void failed(Group group, RedisFailure failure) {
        group.requests.forEach(request -> end(request, false, failure));
    }

    private void end(Request request, boolean stored, @Nullable RedisFailure failure) {
        if (request.partEnded(stored, failure)) {
            unansweredEvents.addAndGet(-request.events);
            freeBytes.release(request.bytes);
        }
    }

    /** Sends what waits, then closes the connection. */
    @Override
    public void close() {
        waiting.add(STOP);
        try {
            sender.join(calls.timeout());
            freeBytes.tryAcquire(bytesMax, calls.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        calls.close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What goes to one list in one script call. */
    private static final class Group {
        private final @Nullable String onceMarker;
        private final List<byte[]> lines = new ArrayList<>();
        private final List<Request> requests = new ArrayList<>();
        private long bytes;

        Group(@Nullable String onceMarker) {
            this.onceMarker = onceMarker;
        }

        void add(Request request, List<byte[]> more) {
            requests.add(request);
            lines.addAll(more);
            more.forEach(line -> bytes += line.length);
        }
    }

    private static final class Request {
        private final Map<String, List<byte[]>> lines = new LinkedHashMap<>();
        private final @Nullable String idempotencyKey;
        private final int events;
        private final int bytes;
        private final CompletableFuture<PushOutcome> outcome = new CompletableFuture<>();
        private int partsOpen;
        private boolean anyStored;
        private @Nullable RedisFailure failure;

        Request(List<LogEvent> events, @Nullable String idempotencyKey) {
            this.idempotencyKey = idempotencyKey;
            this.events = events.size();
            int total = 0;
            for (LogEvent event : events) {
                lines.computeIfAbsent(event.userDay().key(), absent -> new ArrayList<>())
                        .add(event.line());
                total += event.line().length + EVENT_OVERHEAD_BYTES;
            }
            this.bytes = total;
            this.partsOpen = lines.size();
        }

        /** Notes one list's end; true when it was the last. */
        synchronized boolean partEnded(boolean stored, @Nullable RedisFailure partFailure) {
            anyStored |= stored;
            failure = partFailure == null ? failure : partFailure;
            partsOpen--;
            if (partsOpen > 0) {
                return false;
            }
            if (failure != null) {
                outcome.complete(new PushOutcome.Failed(failure.publicDetails(), RETRY_AFTER));
            } else {
                outcome.complete(
                        anyStored ? new PushOutcome.Stored() : new PushOutcome.Duplicate());
            }
            return true;
        }
    }
}
