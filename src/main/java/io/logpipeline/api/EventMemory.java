package io.logpipeline.api;

import io.logpipeline.event.BodyOutline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what the events of all requests in hand take of memory together, from parsing to the
 * answer: short events for many users are ten times as large in memory as in their body, and so is
 * a single long one while it is parsed. Some of these at once would fill the heap.
 *
 * <p>Bodies take turns. One that alone is larger than all the memory for them has it for itself.
 * Who has a turn needs no other, so waiting for one has an end.
 *
 * <p>Thread-safe.
 */
final class EventMemory {
    /**
     * Up to here, a single event, a body is not counted: its events take no more than what its
     * connection does.
     */
    private static final int FREE_BODY_BYTES = 1024;

    private static final int UNIT_BYTES = 1024;
    private static final int HEAP_PARTS = 4;

    /** An event's user, and a list and a key of its own; the line, when it is short. */
    private static final int BYTES_PER_EVENT = 400;

    /** Of each byte of a body: the character it is decoded to, 2, and 1 of the line it ends in. */
    private static final int BYTES_PER_BYTE = 3;

    /**
     * Of each byte of the event that is parsed, on top. Of a long string: its characters in the
     * parser's buffer, which doubles, up to 4, a copy of 2 at most, and 1 of the line being
     * written. Many names take less. Measured, with the above: 6 to 9 of 16 and 9 MiB.
     */
    private static final int BYTES_PER_PARSED_BYTE = 7;

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

    private static long bytesOf(byte[] body, int length) {
        BodyOutline outline = BodyOutline.of(body, length);
        return (long) BYTES_PER_BYTE * length
                + (long) BYTES_PER_EVENT * outline.events()
                + (long) BYTES_PER_PARSED_BYTE * outline.longestBytes();
    }
}
