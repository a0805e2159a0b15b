package io.logpipeline;

import java.util.ArrayDeque;
import java.util.Deque;

/** How to close what was started: in reverse order, each once. */
final class Stops implements AutoCloseable {
    /** Closes one part. */
    interface Stop {
        void stop() throws InterruptedException;
    }

    private final Deque<Stop> stops = new ArrayDeque<>();

    void push(Stop stop) {
        stops.push(stop);
    }

    @Override
    public void close() {
        try {
            while (!stops.isEmpty()) {
                stops.pop().stop();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
