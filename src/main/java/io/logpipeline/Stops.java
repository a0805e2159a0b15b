package io.logpipeline;

import java.util.ArrayDeque;
import java.util.Deque;

/** How to close what was started: in reverse order, each once. */
final class Stops implements AutoCloseable {
    /** Closes one part. */
    interface Stop {
        void stop() throws InterruptedException;
    }

    private static final System.Logger LOG = System.getLogger("io.logpipeline.main");

    private final Deque<Stop> stops = new ArrayDeque<>();

    void push(Stop stop) {
        stops.push(stop);
    }

    @Override
    public void close() {
        try {
            while (!stops.isEmpty()) {
                stop(stops.pop());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** One that fails keeps no other from its end. */
    private static void stop(Stop stop) throws InterruptedException {
        try {
            stop.stop();
        } catch (RuntimeException failed) {
            LOG.log(System.Logger.Level.WARNING, "A part did not stop", failed);
        }
    }
}
