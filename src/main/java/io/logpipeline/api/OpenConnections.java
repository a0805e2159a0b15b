package io.logpipeline.api;

import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections that clients have open: how many there may be, and how they end before the server
 * stops.
 *
 * <p>Of the last eighth of them, those that nobody has used for a while are ended, the longest idle
 * first: clients that keep connections they do not use shut nobody out. Beyond the last one, others
 * wait in the kernel's queue.
 *
 * <p>A server that just closes them (as Helidon 4.5 does) may do so while a request is on its way:
 * its client gets no answer and can't tell whether the events were stored. So each answer first
 * says that its connection ends; what is left after that are connections that nobody uses.
 *
 * <p>Thread-safe.
 */
public final class OpenConnections {
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final Duration LOOK_PERIOD = Duration.ofMillis(10);

    /** What an idle one takes: a buffer of the server's (Helidon 4.5), and its thread's stack. */
    private static final int IDLE_BYTES = 20 * 1024;

    /** With two more buffers of the TLS engine's. */
    private static final int IDLE_TLS_BYTES = 80 * 1024;

    private static final int HEAP_PARTS = 2;

    private final Set<TimedConnection> open = ConcurrentHashMap.newKeySet();
    private final int max;
    private volatile boolean ending;

    /**
     * @param max how many there may be at once
     */
    public OpenConnections(int max) {
        this.max = max;
    }

    /** As many as half the heap holds. */
    public static int heldByHeap(boolean tls) {
        long part = Runtime.getRuntime().maxMemory() / HEAP_PARTS;
        return Math.clamp(part / (tls ? IDLE_TLS_BYTES : IDLE_BYTES), 1, Integer.MAX_VALUE);
    }

    int max() {
        return max;
    }

    void add(TimedConnection connection) {
        open.add(connection);
    }

    void remove(TimedConnection connection) {
        open.remove(connection);
    }

    /** Ends those whose clients have used up their time. */
    void cutIfOver(long nowNanos) {
        open.forEach(connection -> connection.cutIfOver(nowNanos));
    }

    /** Ends those without a request for longer than this. */
    void cutIdle(Duration limit) {
        open.stream()
                .filter(connection -> connection.isQuiet(limit))
                .forEach(TimedConnection::cutIfIdle);
    }

    /** Ends the longest idle ones when there is hardly room for others. */
    void makeRoom() {
        int tooMany = open.size() - (max - max / 8);
        if (tooMany > 0) {
            open.stream()
                    .filter(connection -> connection.isQuiet(QUIET))
                    .map(connection -> new Idle(connection, connection.idleTime()))
                    .sorted(Comparator.comparing(Idle::time).reversed())
                    .limit(tooMany)
                    .forEach(longest -> longest.connection.cutIfIdle());
        }
    }

    /** Its time as it was at one moment: the order must not change while it is made. */
    private record Idle(TimedConnection connection, Duration time) {}

    /** Whether an answer is to be the last one of its connection. */
    boolean areEnding() {
        return ending;
    }

    /**
     * From now on each answer ends its connection. Returns when none is left but those without a
     * request for a while.
     *
     * @param limit after which it returns in any case
     */
    public void end(Duration limit) throws InterruptedException {
        ending = true;
        long startNanos = System.nanoTime();
        while (!allQuiet() && System.nanoTime() - startNanos < limit.toNanos()) {
            Thread.sleep(LOOK_PERIOD);
        }
    }

    private boolean allQuiet() {
        return open.stream().allMatch(connection -> connection.isQuiet(QUIET));
    }
}
