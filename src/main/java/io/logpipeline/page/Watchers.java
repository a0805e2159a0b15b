package io.logpipeline.page;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Those who watch the page now, each on its own thread. Thread-safe.
 *
 * <p>Invariants: there are never more than fit. Nobody waits for a watcher: it is told that there
 * is news, never handed any, so one that reads slowly misses a beat and nobody else does. A thread
 * is interrupted only while it holds a place, so only at writing to its client.
 */
final class Watchers {
    private final int placesMax;
    private final Set<Place> places = new HashSet<>();
    private long beats;
    private boolean closed;

    Watchers(int placesMax) {
        this.placesMax = placesMax;
    }

    /** One watcher's, until it is closed. */
    final class Place implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private long seen = beats;

        private Place() {}

        /** Waits for the next beat; false when the watching is over. */
        boolean awaitBeat() throws InterruptedException {
            synchronized (Watchers.this) {
                while (seen == beats && !closed) {
                    Watchers.this.wait();
                }
                seen = beats;
                return !closed;
            }
        }

        @Override
        public void close() {
            synchronized (Watchers.this) {
                places.remove(this);
                Watchers.this.notifyAll();
            }
        }
    }

    /** A place for the calling thread; empty when all are taken, or at the end. */
    synchronized Optional<Place> enter() {
        if (!hasRoom()) {
            return Optional.empty();
        }
        Place place = new Place();
        places.add(place);
        return Optional.of(place);
    }

    synchronized boolean hasRoom() {
        return !closed && places.size() < placesMax;
    }

    synchronized int count() {
        return places.size();
    }

    /** There is news. */
    synchronized void beat() {
        beats++;
        notifyAll();
    }

    /**
     * Ends the watching.
     *
     * @param patience how long those who are still at it may take to leave; then they are
     *     interrupted
     */
    synchronized void close(Duration patience) throws InterruptedException {
        closed = true;
        notifyAll();
        long endNanos = System.nanoTime() + patience.toNanos();
        for (long left = patience.toNanos();
                !places.isEmpty() && left > 0;
                left = endNanos - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
        places.forEach(place -> place.thread.interrupt());
    }
}
