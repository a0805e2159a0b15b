package io.logpipeline.redis;

import io.logpipeline.telemetry.Watchdog;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: what comes while Redis is at work on a call goes with the next one; each request
 * ends with its own parts of the reply.
 *
 * <p>There is no thread for it. Whoever brings a request while a call may go sends it; otherwise
 * the reply that makes room sends what has gathered, in the thread that it came by, so that under
 * load nobody is woken up to send. Nothing here blocks.
 *
 * <p>Of two calls that are unanswered at a time either may reach Redis first: a reply's thread
 * writes to the connection at once, any other hands over what it writes. So there is no order
 * between requests none of which is answered yet.
 *
 * <p>Invariant: whenever something waits, a call is unanswered or somebody is about to send one.
 */
final class PushLane {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");

    /**
     * What all lanes of a queue have in common.
     *
     * @param pending where lists that begin are made known
     * @param newStoreIds one for a store that has none, another one each time
     * @param durability what is awaited before events count as stored
     * @param watchdog told of each call: one that never ends holds up all requests of its lane
     * @param ended told of each request that has ended, once
     */
    record Terms(
            RedisCalls calls,
            PendingStreams pending,
            byte[] expirationSeconds,
            Supplier<byte[]> newStoreIds,
            Durability durability,
            Watchdog watchdog,
            PushRequest.Ended ended) {}

    private final Terms terms;
    private final Topology topology;
    private final AtomicInteger unansweredCalls = new AtomicInteger();

    /** In the order they came; one that has had its turn, and has parts left, comes last again. */
    private final Queue<PushRequest.Share> waiting = new ConcurrentLinkedQueue<>();

    /** Times that sending was asked for and not done yet; whoever counts from 0 does it. */
    private final AtomicInteger sendsAsked = new AtomicInteger();

    /** The one whose thread is about to send, on behalf of all who come until it does. */
    private final AtomicReference<@Nullable PushRequest> gatherer = new AtomicReference<>();

    /** What went into the call that is being made: of who sends, alone. */
    private final List<PushRequest> gathered = new ArrayList<>();

    PushLane(Terms terms) {
        this.terms = terms;
        this.topology = terms.calls().topology();
    }

    void add(PushRequest.Share share) {
        waiting.add(share);
    }

    /** Whether a call would go now. */
    private boolean mayCall() {
        return unansweredCalls.get() < topology.unansweredCallsMax();
    }

    /**
     * Whether this request's thread is to send what waits, once others had a chance to add theirs:
     * one at a time. Others may leave it to that one, as what they added is there when it sends.
     */
    boolean gathersBy(PushRequest request) {
        PushRequest other = gatherer.get();
        return mayCall()
                && (other == null || other.isGathered())
                && gatherer.compareAndSet(other, request);
    }

    /** Sends what was gathered, unless another one has taken that over. */
    void sendGatheredBy(PushRequest request) {
        // First: who comes from now on may be too late for this call.
        if (gatherer.compareAndSet(request, null)) {
            sendWaiting();
        }
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
                    terms.ended().with(request);
                }
            }
            LOG.log(System.Logger.Level.ERROR, "Requests could not be sent", unexpected);
        }
        return true;
    }

    private @Nullable PushCall gather() {
        PushRequest.Share share = next();
        if (share == null) {
            return null;
        }
        PushCall call = new PushCall(topology);
        while (share != null) {
            if (share.request().isOlderThan(terms.calls().timeout())) {
                dropUnsent(share);
            }
            while (share.hasUnsent() && call.takes(share.next())) {
                call.add(share.request(), share.next());
                share.sendNext();
            }
            if (share.hasUnsent()) {
                waiting.add(share);
            }
            share = call.isFull() || !takesNext(call) ? null : next();
        }
        return call;
    }

    /** Whether the next request may begin in this call; one of another slot has the next call. */
    private boolean takesNext(PushCall call) {
        PushRequest.Share share = waiting.peek();
        return share == null || !share.hasUnsent() || call.takes(share.next());
    }

    private PushRequest.@Nullable Share next() {
        PushRequest.Share share = waiting.peek();
        if (share != null) {
            gathered.add(share.request());
            waiting.remove();
        }
        return share;
    }

    /** It has waited so long that its client may be gone: what is left of it ends here. */
    private void dropUnsent(PushRequest.Share share) {
        RedisFailure late = new RedisFailure(RedisFailure.Kind.TIMED_OUT, "not sent in time");
        while (share.hasUnsent()) {
            share.sendNext();
            if (share.request().partEnded(new PushRequest.PartEnd.Failed(late))) {
                terms.ended().with(share.request());
            }
        }
    }

    private void send(PushCall call) {
        Watchdog.Heartbeat watched = terms.watchdog().loop("push-call");
        unansweredCalls.incrementAndGet();
        CompletionStage<Reply> reply;
        try {
            reply =
                    terms.calls()
                            .run(
                                    Script.PUSH,
                                    call.keys(),
                                    call.arguments(
                                            terms.expirationSeconds(), terms.newStoreIds().get()),
                                    terms.durability());
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

    private void makeKnown(PushCall call, Reply reply) {
        List<String> begun = call.listsBegun(reply);
        if (!begun.isEmpty()) {
            terms.pending().add(begun, reply.number(1));
        }
    }

    private void ended(PushCall call, Reply reply, @Nullable Throwable thrown) {
        try {
            if (thrown == null) {
                makeKnown(call, reply);
                call.answered(reply, terms.ended());
            } else {
                RedisFailure failure = RedisFailure.of(thrown);
                // Events that are not as durable as was asked for are to be drained all the same.
                failure.reply().ifPresent(pushed -> makeKnown(call, pushed));
                call.failed(failure, terms.ended());
            }
        } catch (RuntimeException | Error unexpected) {
            LOG.log(System.Logger.Level.ERROR, "A reply could not be read", unexpected);
            call.failed(
                    new RedisFailure(RedisFailure.Kind.UNAVAILABLE, unexpected.toString()),
                    terms.ended());
        }
    }
}
