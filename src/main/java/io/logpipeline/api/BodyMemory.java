package io.logpipeline.api;

import java.util.concurrent.Semaphore;

/**
 * Bounds what the bodies of all requests in hand take of memory together. Clients choose how many
 * bodies are on their way and how large; the limit of a single one is no bound.
 *
 * <p>Thread-safe; a share belongs to one thread.
 */
public final class BodyMemory {
    /** Up to here, what one read brings, a body is not counted: connections are. */
    private static final int FREE_BYTES = 8 * 1024;

    private static final int UNIT_BYTES = 8 * 1024;

    /** Of a body there are its bytes, its events, and what is sent to Redis; and then some. */
    private static final int HEAP_PARTS = 8;

    private final Semaphore units;

    /**
     * @param bytesMax of all bodies together
     */
    BodyMemory(long bytesMax) {
        units = new Semaphore((int) Math.min(bytesMax / UNIT_BYTES, Integer.MAX_VALUE));
    }

    /**
     * A part of the heap, but room for one body at least.
     *
     * @param bodyBytesMax what a single body can take, in all its forms
     */
    public static BodyMemory ofHeap(long bodyBytesMax) {
        return new BodyMemory(
                Math.max(Runtime.getRuntime().maxMemory() / HEAP_PARTS, bodyBytesMax));
    }

    Share share() {
        return new Share();
    }

    /** What one body holds. */
    final class Share implements AutoCloseable {
        private int held;

        /**
         * Makes the share at least this large; it grows by halves, to be asked for seldom.
         *
         * @return false when the memory is taken by others; the share stays as it is
         */
        boolean covers(long bytes) {
            if (bytes <= FREE_BYTES) {
                return true;
            }
            int needed = (int) ((bytes + UNIT_BYTES - 1) / UNIT_BYTES);
            if (needed <= held) {
                return true;
            }
            int more = Math.max(needed - held, held / 2);
            if (!units.tryAcquire(more)) {
                more = needed - held;
                if (!units.tryAcquire(more)) {
                    return false;
                }
            }
            held += more;
            return true;
        }

        /** Gives all of it back. */
        @Override
        public void close() {
            if (held > 0) {
                units.release(held);
                held = 0;
            }
        }
    }
}
