package io.logpipeline.drain;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of events that the workers of one drainer may hold together.
 *
 * <p>Invariant: nobody waits for bytes while holding some, but those of a call that is under way,
 * which ends by itself. So whoever waits gets them. Nobody reads ahead with bytes that are waited
 * for.
 */
public final class MemoryBudget {
    /** Enough for most lists: so much is waited for, more is taken where it is free. */
    private static final int LEAST_BYTES = 64 * 1024;

    /** What an element weighs beside its bytes: array, reference, its share of a reply. */
    private static final int BYTES_PER_ELEMENT = 64;

    private static final long PROGRESS_EVERY_MS = 1_000;

    private final int bytesMax;
    private final Semaphore free;

    /**
     * @param bytesMax may be exceeded by single elements larger than what was reserved for them
     */
    public MemoryBudget(int bytesMax) {
        this.bytesMax = bytesMax;
        this.free = new Semaphore(bytesMax, true);
    }

    /**
     * Waits until there is room.
     *
     * @param bytesWanted as many at most
     * @param allOfThem whether to wait for as many
     * @param progress told while others have it all: they stall, not who waits
     */
    Reservation reserve(int bytesWanted, boolean allOfThem, Runnable progress)
            throws InterruptedException {
        int most = Math.min(bytesWanted, bytesMax);
        int least = allOfThem ? most : Math.min(most, LEAST_BYTES);
        while (!free.tryAcquire(least, PROGRESS_EVERY_MS, TimeUnit.MILLISECONDS)) {
            progress.run();
        }
        boolean allOfIt = !free.hasQueuedThreads() && free.tryAcquire(most - least);
        return new Reservation(allOfIt ? most : least);
    }

    /**
     * Room that nobody waits for, and that leaves a quarter of all to those who have none yet.
     *
     * @return null where there is none
     */
    @Nullable Reservation tryReserve(int bytes) {
        int left = bytesMax / 4;
        if (free.hasQueuedThreads() || !free.tryAcquire(bytes + left)) {
            return null;
        }
        free.release(left);
        return new Reservation(bytes);
    }

    /** Bytes that nobody holds. */
    int freeBytes() {
        return free.availablePermits();
    }

    /** Room for one chunk; given back when it is closed. For one thread. */
    final class Reservation implements AutoCloseable {
        private int bytes;

        private Reservation(int bytes) {
            this.bytes = bytes;
        }

        /** How many bytes may be claimed. */
        int bytes() {
            return bytes;
        }

        /** Gives back what elements turned out to have no need of. */
        void keepFor(List<byte[]> elements) {
            long needed = (long) BYTES_PER_ELEMENT * elements.size();
            for (byte[] element : elements) {
                needed += element.length;
            }
            if (needed < bytes) {
                free.release(bytes - (int) needed);
                bytes = (int) needed;
            }
        }

        /** Keeps it until something under way has ended, in place of {@link #close}. */
        void keepUntil(CompletionStage<?> ended) {
            int kept = bytes;
            var unused = ended.whenComplete((result, failure) -> free.release(kept));
            bytes = 0;
        }

        /** The same room, of which this one has none left. */
        Reservation pass() {
            Reservation other = new Reservation(bytes);
            bytes = 0;
            return other;
        }

        @Override
        public void close() {
            free.release(bytes);
            bytes = 0;
        }
    }
}
