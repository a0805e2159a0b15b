package io.logpipeline.api;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections that clients have open, and how they end before the server stops.
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

    private final Set<TimedConnection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;

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
