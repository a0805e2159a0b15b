package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import io.logpipeline.telemetry.Watchdog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: requests hand their events to one sender, which sends everything waiting in one
 * flush; each request ends with its own replies.
 *
 * <p>Invariants: what waits or is unanswered is bounded, in bytes and in calls; a push is sent at
 * most once; the events of one request for one list are one part of one script call, so that they
 * are stored all or not at all.
 */
public final class PushQueue implements Pushes, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");
    private static final int REQUESTS_PER_FLUSH_MAX = 1024;
    private static final int LISTS_PER_TURN_MAX = 256;

    /** One that Redis works on and one on its way: with more of them each would carry less. */
    private static final int CALLS_UNANSWERED_MAX = 2;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration BEAT = Duration.ofSeconds(1);

    private final RedisCalls calls;
    private final PendingStream pending;
    private final Watchdog.Heartbeat heartbeat;
    private final byte[] expirationSeconds;
    private final byte[] newStoreId = ascii(UUID.randomUUID().toString());
    private final int bytesMax;
    private final Semaphore freeBytes;
    private final Semaphore freeCalls = new Semaphore(CALLS_UNANSWERED_MAX);
    private final BlockingQueue<PushRequest> waiting = new LinkedBlockingQueue<>();
    private final AtomicInteger unansweredEvents = new AtomicInteger();
    private final Thread sender;
    private volatile boolean closed;

    /**
     * @param calls a gathering link of this queue's own, which it closes
     * @param pending where lists that begin are made known
     * @param expiration how long a list lives after its last push
     * @param bytesMax the most bytes of events that wait or are unanswered
     */
    public PushQueue(
            RedisCalls calls,
            PendingStream pending,
            Duration expiration,
            int bytesMax,
            Watchdog watchdog) {
        this.calls = calls;
        this.pending = pending;
        this.expirationSeconds = ascii(Long.toString(expiration.toSeconds()));
        this.bytesMax = bytesMax;
        this.freeBytes = new Semaphore(bytesMax);
        this.heartbeat = watchdog.loop("push-sender");
        this.sender = Thread.ofPlatform().name("push-sender").start(this::sendUntilClosed);
    }

    /** Events that wait to be sent or answered. */
    public int unansweredEvents() {
        return unansweredEvents.get();
    }

    @Override
    public PushOutcome push(List<LogEvent> events, @Nullable String idempotencyKey)
            throws InterruptedException {
        PushRequest request = new PushRequest(events, idempotencyKey);
        if (!freeBytes.tryAcquire(request.bytes())) {
            return new PushOutcome.Overloaded(RETRY_AFTER);
        }
        unansweredEvents.addAndGet(request.events());
        waiting.add(request);
        return request.await(calls.timeout());
    }

    private void sendUntilClosed() {
        List<PushRequest> begun = new ArrayList<>();
        List<PushRequest> next = new ArrayList<>();
        try {
            while (!closed || !waiting.isEmpty() || !begun.isEmpty()) {
                heartbeat.beat();
                next.clear();
                next.addAll(begun);
                begun.clear();
                PushRequest first =
                        next.isEmpty()
                                ? waiting.poll(BEAT.toMillis(), TimeUnit.MILLISECONDS)
                                : waiting.poll();
                if (first != null) {
                    // What comes while no call may go is sent with the next one.
                    awaitWindow();
                    freeCalls.release();
                    next.add(first);
                    waiting.drainTo(next, REQUESTS_PER_FLUSH_MAX);
                }
                sendOrAbort(next, begun);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendOrAbort(List<PushRequest> requests, List<PushRequest> begun)
            throws InterruptedException {
        if (requests.isEmpty()) {
            return;
        }
        try {
            send(requests, begun);
            calls.flush();
        } catch (RuntimeException | OutOfMemoryError unexpected) {
            begun.clear();
            // The sender goes on for those who come after.
            RedisFailure cause =
                    new RedisFailure(RedisFailure.Kind.UNAVAILABLE, unexpected.toString());
            for (PushRequest request : requests) {
                if (request.abort(cause)) {
                    end(request);
                }
            }
            LOG.log(System.Logger.Level.ERROR, "Requests could not be sent", unexpected);
        }
    }

    /**
     * Joins what waits into few calls, in the order it came. Of a request for very many lists only
     * so much that others need not wait for all of it.
     *
     * @param begun takes the requests of which more is to be sent
     */
    private void send(List<PushRequest> requests, List<PushRequest> begun)
            throws InterruptedException {
        PushCall call = new PushCall();
        for (PushRequest request : requests) {
            Iterator<Map.Entry<String, List<byte[]>>> unsent = request.unsent();
            int listsMax = request.isGivenUp() ? 0 : LISTS_PER_TURN_MAX;
            for (int lists = 0; lists < listsMax && unsent.hasNext(); lists++) {
                Map.Entry<String, List<byte[]>> part = unsent.next();
                call.add(request, part.getKey(), part.getValue());
                if (call.isFull()) {
                    send(call);
                    call = new PushCall();
                }
            }
            if (request.isGivenUp()) {
                dropUnsent(request);
            } else if (unsent.hasNext()) {
                begun.add(request);
            }
        }
        if (!call.isEmpty()) {
            send(call);
        }
    }

    /** Nobody waits for the request any more: what is left of it ends here. */
    private void dropUnsent(PushRequest request) {
        RedisFailure late = new RedisFailure(RedisFailure.Kind.TIMED_OUT, "not sent in time");
        Iterator<Map.Entry<String, List<byte[]>>> unsent = request.unsent();
        while (unsent.hasNext()) {
            unsent.next();
            if (request.partEnded(new PushRequest.PartEnd.Failed(late))) {
                end(request);
            }
        }
    }

    private void send(PushCall call) throws InterruptedException {
        awaitWindow();
        var unused =
                calls.run(Script.PUSH, call.keys(), call.arguments(expirationSeconds, newStoreId))
                        .whenComplete((reply, thrown) -> {
                            freeCalls.release();
                            if (thrown == null) {
                                answered(call, reply);
                            } else {
                                call.failed(RedisCalls.failure(thrown), this::end);
                            }
                        });
    }

    /** Each call ends by its reply or its time-out, so this wait has an end. */
    private void awaitWindow() throws InterruptedException {
        if (freeCalls.tryAcquire()) {
            return;
        }
        calls.flush();
        while (!freeCalls.tryAcquire(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
            heartbeat.beat();
        }
    }

    private void answered(PushCall call, Reply reply) {
        List<String> begun = call.listsBegun(reply);
        if (!begun.isEmpty()) {
            pending.add(begun, reply.number(1));
        }
        call.answered(reply, this::end);
    }

    private void end(PushRequest request) {
        giveBack(request);
        request.tell();
    }

    private void giveBack(PushRequest request) {
        unansweredEvents.addAndGet(-request.events());
        freeBytes.release(request.bytes());
    }

    /** Sends what waits, then closes the connection. */
    @Override
    public void close() {
        closed = true;
        try {
            sender.join(calls.timeout().plus(BEAT));
            boolean allAnswered =
                    freeBytes.tryAcquire(
                            bytesMax, calls.timeout().toMillis(), TimeUnit.MILLISECONDS);
            if (!allAnswered) {
                LOG.log(System.Logger.Level.WARNING, "Stopped with pushes unanswered");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        heartbeat.close();
        calls.close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
