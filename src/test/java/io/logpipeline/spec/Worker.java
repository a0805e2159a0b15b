package io.logpipeline.spec;

/** One drainer: where it stands in the protocol, and what it remembers there. */
final class Worker {
    /**
     * The next effect of the drainer; between the lock and its release it holds the file's lock.
     */
    enum Phase {
        IDLE,
        /** Knows the file's size, and where a ledger without a position is to start. */
        LOOKED,
        CLAIMED,
        /** Has to cut the tail. */
        TORN,
        /** Has to force the cut. */
        CUT,
        /** Has to write back the tail. */
        VERIFIED,
        WRITING,
        /** Has to force the file. */
        WRITTEN,
        /** Has to force the directory. */
        FORCED,
        /** Committed what was not forced, in a model that lacks a safeguard. */
        COMMITTED_TOO_EARLY,
        /** Gave the lock back; has to commit. */
        APPENDED,
        /** Read what comes next, and looked at the file again: commits, and goes on with that. */
        AHEAD;

        static final Phase[] ALL = values();

        boolean holdsLock() {
            return compareTo(CLAIMED) > 0 && compareTo(APPENDED) < 0;
        }
    }

    static final int BITS = 40;

    Phase phase = Phase.IDLE;

    /** The master it talks to: 0 is the one of now, 1 the one before. */
    int master;

    int batchId;
    int position;
    int chunk;
    int tailEnd;

    /** Of the chunk, or, once that is appended, what was read ahead. */
    int missing;

    int newPosition;

    /** Until it has the lock, the size that it saw; then where it writes. */
    int at;

    boolean forcesDirectory;
    boolean breaksFirst;

    /** Half of the first missing element's line is written. */
    boolean begun;

    void forget() {
        phase = Phase.IDLE;
        batchId = 0;
        position = 0;
        chunk = 0;
        forgetFile();
        newPosition = 0;
    }

    void forgetFile() {
        tailEnd = 0;
        missing = 0;
        at = 0;
        forcesDirectory = false;
        breaksFirst = false;
        begun = false;
    }

    long pack() {
        return phase.ordinal()
                | (long) master << 4
                | (long) batchId << 6
                | (long) position << 9
                | (long) chunk << 14
                | (long) tailEnd << 18
                | (long) missing << 23
                | (long) newPosition << 27
                | (long) at << 32
                | (forcesDirectory ? 1L << 37 : 0)
                | (breaksFirst ? 1L << 38 : 0)
                | (begun ? 1L << 39 : 0);
    }

    void unpack(long packed) {
        phase = Phase.ALL[(int) packed & 15];
        master = (int) (packed >>> 4) & 3;
        batchId = (int) (packed >>> 6) & 7;
        position = (int) (packed >>> 9) & 31;
        chunk = (int) (packed >>> 14) & 15;
        tailEnd = (int) (packed >>> 18) & 31;
        missing = (int) (packed >>> 23) & 15;
        newPosition = (int) (packed >>> 27) & 31;
        at = (int) (packed >>> 32) & 31;
        forcesDirectory = (packed >>> 37 & 1) == 1;
        breaksFirst = (packed >>> 38 & 1) == 1;
        begun = (packed >>> 39 & 1) == 1;
    }

    @Override
    public String toString() {
        if (phase == Phase.IDLE) {
            return "";
        }
        return " ("
                + World.events(chunk)
                + " of id="
                + batchId
                + " from "
                + position
                + (newPosition == 0 ? "" : " to " + newPosition)
                + (master == 0 ? ")" : " on old" + master + ")");
    }
}
