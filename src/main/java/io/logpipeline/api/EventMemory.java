package io.logpipeline.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what the events of all requests in hand take of memory together, from parsing to the
 * answer: short events for many users are ten times as large in memory as in their body, and some
 * of these at once would fill the heap.
 *
 * <p>Bodies take turns. One that alone is larger than all the memory for them has it for itself.
 * Who has a turn needs no other, so waiting for one has an end.
 *
 * <p>Thread-safe.
 */
final class EventMemory {
    /** Up to here a body is not counted: many more of these fit than connections. */
    private static final int FREE_BODY_BYTES = 16 * 1024;

    private static final int UNIT_BYTES = 16 * 1024;
    private static final int HEAP_PARTS = 4;

    /** {@code {"user_id":"1","event":"a","timestamp":0}} */
    private static final int SHORTEST_EVENT_BYTES = 41;

    /** Its line and its user, and a list and a key of its own. */
    private static final int EVENT_BYTES_MAX = 400;

    private final Optional<Turn> uncounted = Optional.of(new Turn(0));
    private final Semaphore free;
    private final int units;
    private final Duration patience;

    /**
     * @param bytesMax of all events together
     * @param patience how long a body waits for its turn
     */
    EventMemory(long bytesMax, Duration patience) {
        this.units = Math.clamp(bytesMax / UNIT_BYTES, 1, Integer.MAX_VALUE);
        this.free = new Semaphore(units, true);
        this.patience = patience;
    }

    /** A part of the heap. */
    static EventMemory ofHeap(Duration patience) {
        return new EventMemory(Runtime.getRuntime().maxMemory() / HEAP_PARTS, patience);
    }

    /** A body's turn; it ends when it is closed. */
    final class Turn implements AutoCloseable {
        private final int held;

        private Turn(int held) {
            this.held = held;
        }

        @Override
        public void close() {
            if (held > 0) {
                // Even of none it would wake whoever waits.
                free.release(held);
            }
        }
    }

    /** Waits for a turn; empty when others take too long. */
    Optional<Turn> await(byte[] body, int length) throws InterruptedException {
        if (length <= FREE_BODY_BYTES) {
            return uncounted;
        }
        int needed = (int) Math.min(bytesOf(body, length) / UNIT_BYTES + 1, units);
        return free.tryAcquire(needed, patience.toMillis(), TimeUnit.MILLISECONDS)
                ? Optional.of(new Turn(needed))
                : Optional.empty();
    }

    /** At most: its characters, and as many events as it can hold. */
    private static long bytesOf(byte[] body, int length) {
        long braces = 0;
        for (int i = 0; i < length; i++) {
            if (body[i] == '{') {
                braces++;
            }
        }
        long events = Math.min(braces, length / SHORTEST_EVENT_BYTES + 1);
        return 2L * length + EVENT_BYTES_MAX * events;
    }
}
