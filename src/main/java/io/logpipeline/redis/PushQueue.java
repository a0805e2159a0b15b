package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import io.logpipeline.telemetry.Watchdog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What requests bring on its way to Redis, in lanes: one where one server takes all; in a cluster
 * many, so that a master which is away or silent holds up what is for it and nothing else.
 *
 * <p>Invariants: what waits or is unanswered is bounded, in bytes over all lanes and in calls of
 * each; a push is sent at most once; the events of one request for one list are one part of one
 * script call, so that they are stored all or not at all.
 */
public final class PushQueue implements Pushes, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RedisCalls calls;
    private final Topology topology;
    private final PushLane[] lanes;
    private final int bytesMax;
    private final Semaphore freeBytes;
    private final AtomicInteger unansweredEvents = new AtomicInteger();

    /**
     * @param calls a link of this queue's own, which it closes
     * @param pending where lists that begin are made known
     * @param expiration how long a list lives after its last push
     * @param bytesMax the most bytes of events that wait or are unanswered
     * @param durability what is awaited before events count as stored
     * @param watchdog told of each call: one that never ends holds up all requests of its lane
     */
    public PushQueue(
            RedisCalls calls,
            PendingStreams pending,
            Duration expiration,
            int bytesMax,
            Durability durability,
            Watchdog watchdog) {
        this.calls = calls;
        this.topology = calls.topology();
        this.bytesMax = bytesMax;
        this.freeBytes = new Semaphore(bytesMax);
        PushLane.Terms terms =
                new PushLane.Terms(
                        calls,
                        pending,
                        ascii(Long.toString(expiration.toSeconds())),
                        newStoreIds(),
                        durability,
                        watchdog,
                        this::end);
        this.lanes = new PushLane[topology.lanes()];
        Arrays.setAll(lanes, lane -> new PushLane(terms));
    }

    /**
     * Each call's own. One that came twice would give a Redis that started empty the id of the
     * store that it was, and drainers would look in the files for what they never wrote.
     */
    private static Supplier<byte[]> newStoreIds() {
        String prefix = UUID.randomUUID() + "-";
        AtomicLong calls = new AtomicLong();
        return () -> ascii(prefix + calls.incrementAndGet());
    }

    /** Events that wait to be sent or answered. */
    public int unansweredEvents() {
        return unansweredEvents.get();
    }

    @Override
    public PushOutcome push(List<LogEvent> events, @Nullable String idempotencyKey)
            throws InterruptedException {
        PushRequest request = new PushRequest(events, idempotencyKey, topology);
        if (!freeBytes.tryAcquire(request.bytes())) {
            return new PushOutcome.Overloaded(RETRY_AFTER);
        }
        unansweredEvents.addAndGet(request.events());
        boolean gathers = false;
        try {
            for (PushRequest.Share share : request.shares()) {
                PushLane lane = lanes[share.lane()];
                lane.add(share);
                gathers |= lane.gathersBy(request);
            }
            if (gathers) {
                // Those that could run by now bring theirs first, and it is one call for all.
                Thread.yield();
            }
        } finally {
            // Others rely on it, also where this thread comes to grief.
            if (gathers) {
                sendGathered(request);
            }
        }
        return request.await();
    }

    private void sendGathered(PushRequest request) {
        // Nobody is to wait in one lane for what is sent in another.
        request.gathered();
        for (PushRequest.Share share : request.shares()) {
            lanes[share.lane()].sendGatheredBy(request);
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
