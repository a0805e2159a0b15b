package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import io.logpipeline.telemetry.Watchdog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: what comes while Redis is at work on a call goes with the next one; each request
 * ends with its own parts of the reply.
 *
 * <p>There is no thread for it. Whoever brings a request while a call may go sends it; otherwise
 * the reply that makes room sends what has gathered, in the thread that it came by, so that under
 * load nobody is woken up to send. Nothing here blocks.
 *
 * <p>Invariants: what waits or is unanswered is bounded, in bytes and in calls; a push is sent at
 * most once; the events of one request for one list are one part of one script call, so that they
 * are stored all or not at all; whenever something waits, a call is unanswered or somebody is about
 * to send one.
 */
public final class PushQueue implements Pushes, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");

    /** One that Redis works on and one on its way: with more of them each would carry less. */
    private static final int CALLS_UNANSWERED_MAX = 2;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RedisCalls calls;
    private final PendingStream pending;
    private final Watchdog watchdog;
    private final byte[] expirationSeconds;
    private final Durability durability;
    private final byte[] newStoreId = ascii(UUID.randomUUID().toString());
    private final int bytesMax;
    private final Semaphore freeBytes;
    private final AtomicInteger unansweredEvents = new AtomicInteger();
    private final AtomicInteger unansweredCalls = new AtomicInteger();

    /** In the order they came; one that has had its turn, and has parts left, comes last again. */
    private final Queue<PushRequest> waiting = new ConcurrentLinkedQueue<>();

    /** Times that sending was asked for and not done yet; whoever counts from 0 does it. */
    private final AtomicInteger sendsAsked = new AtomicInteger();

    /** What went into the call that is being made: of who sends, alone. */
    private final List<PushRequest> gathered = new ArrayList<>();

    /**
     * @param calls a link of this queue's own, which it closes
     * @param pending where lists that begin are made known
     * @param expiration how long a list lives after its last push
     * @param bytesMax the most bytes of events that wait or are unanswered
     * @param durability what is awaited before events count as stored
     * @param watchdog told of each call: one that never ends holds up all requests
     */
    public PushQueue(
            RedisCalls calls,
            PendingStream pending,
            Duration expiration,
            int bytesMax,
            Durability durability,
            Watchdog watchdog) {
        this.calls = calls;
        this.pending = pending;
        this.expirationSeconds = ascii(Long.toString(expiration.toSeconds()));
        this.bytesMax = bytesMax;
        this.durability = durability;
        this.freeBytes = new Semaphore(bytesMax);
        this.watchdog = watchdog;
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
        if (mayCall()) {
            // Those that could run by now bring theirs first, and it is one call for all of them.
            Thread.yield();
            sendWaiting();
        }
        return request.await();
    }

    private boolean mayCall() {
        return unansweredCalls.get() < CALLS_UNANSWERED_MAX;
    }

    /** Sends as many calls as may go; one thread at a time, on behalf of all who ask meanwhile. */
    private void sendWaiting() {
        int asked = 1;
        if (sendsAsked.getAndIncrement() != 0) {
            return;
        }
        do {
            while (mayCall() && sendNext()) {
                // The next one.
            }
            asked = sendsAsked.addAndGet(-asked);
        } while (asked != 0);
    }

    /** Makes one call of what waits; false when nothing does. */
    private boolean sendNext() {
        gathered.clear();
        try {
            PushCall call = gather();
            if (call == null) {
                return false;
            }
            if (!call.isEmpty()) {
                send(call);
            }
        } catch (RuntimeException | Error unexpected) {
            // Others must not wait for ever behind it, nor these.
            RedisFailure cause =
                    new RedisFailure(RedisFailure.Kind.UNAVAILABLE, unexpected.toString());
            for (PushRequest request : gathered) {
                if (request.abort(cause)) {
                    end(request);
                }
            }
            LOG.log(System.Logger.Level.ERROR, "Requests could not be sent", unexpected);
        }
        return true;
    }

    private @Nullable PushCall gather() {
        PushRequest request = next();
        if (request == null) {
            return null;
        }
        PushCall call = new PushCall();
        while (request != null) {
            if (request.isOlderThan(calls.timeout())) {
                dropUnsent(request);
            }
            while (request.hasUnsent() && !call.isFull()) {
                call.add(request, request.nextUnsent());
            }
            if (request.hasUnsent()) {
                waiting.add(request);
            }
            request = call.isFull() ? null : next();
        }
        return call;
    }

    private @Nullable PushRequest next() {
        PushRequest request = waiting.peek();
        if (request != null) {
            gathered.add(request);
            waiting.remove();
        }
        return request;
    }

    /** It has waited so long that its client may be gone: what is left of it ends here. */
    private void dropUnsent(PushRequest request) {
        RedisFailure late = new RedisFailure(RedisFailure.Kind.TIMED_OUT, "not sent in time");
        while (request.hasUnsent()) {
            request.nextUnsent();
            if (request.partEnded(new PushRequest.PartEnd.Failed(late))) {
                end(request);
            }
        }
    }

    private void send(PushCall call) {
        Watchdog.Heartbeat watched = watchdog.loop("push-call");
        unansweredCalls.incrementAndGet();
        CompletionStage<Reply> reply;
        try {
            reply =
                    calls.run(
                            Script.PUSH,
                            call.keys(),
                            call.arguments(expirationSeconds, newStoreId),
                            durability);
        } catch (RuntimeException | Error unexpected) {
            watched.close();
            unansweredCalls.decrementAndGet();
            throw unexpected;
        }
        var unused =
                reply.whenComplete((answer, thrown) -> {
                    watched.close();
                    unansweredCalls.decrementAndGet();
                    try {
                        // First of all: Redis works on it while the others are told.
                        sendWaiting();
                    } finally {
                        ended(call, answer, thrown);
                    }
                });
    }

    private void ended(PushCall call, Reply reply, @Nullable Throwable thrown) {
        if (thrown != null) {
            call.failed(RedisCalls.failure(thrown), this::end);
            return;
        }
        try {
            List<String> begun = call.listsBegun(reply);
            if (!begun.isEmpty()) {
                pending.add(begun, reply.number(1));
            }
            call.answered(reply, this::end);
        } catch (RuntimeException | Error unexpected) {
            LOG.log(System.Logger.Level.ERROR, "A reply could not be read", unexpected);
            call.failed(
                    new RedisFailure(RedisFailure.Kind.UNAVAILABLE, unexpected.toString()),
                    this::end);
        }
    }

    private void end(PushRequest request) {
        unansweredEvents.addAndGet(-request.events());
        freeBytes.release(request.bytes());
        request.tell();
    }

    /** Waits until everything is sent and answered, then closes the connection. */
    @Override
    public void close() {
        try {
            // What waits is sent after calls that may take the whole time-out.
            long millis = 2 * calls.timeout().toMillis();
            if (!freeBytes.tryAcquire(bytesMax, millis, TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "Stopped with pushes unanswered");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        calls.close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
