package io.logpipeline.file;

import java.time.Duration;

/** What became of one append. */
public sealed interface AppendOutcome {
    /**
     * Every element stands in the file, durably.
     *
     * @param position where the ledger has to stand: all before it is settled
     * @param writtenBytes what this append added
     * @param alreadyApplied elements that were found in the file
     * @param tornBytes what was cut from the file's end and saved beside it
     * @param rolledBack the file held whole lines that the ledger and this batch know nothing of
     * @param force how long the force took
     */
    record Appended(
            long position,
            long writtenBytes,
            int alreadyApplied,
            long tornBytes,
            boolean rolledBack,
            Duration force)
            implements AppendOutcome {}

    /**
     * The file is shorter than the ledger's position: somebody moved it away, removed or shortened
     * it. Nothing was changed. The ledger has to step back before anything is written: what is
     * written under a position of the file before could not be found again after a crash.
     *
     * @param sizeBytes where the ledger has to stand
     */
    record Replaced(long sizeBytes) implements AppendOutcome {}

    /**
     * The position may be that of another file: since the sighting the file was made or replaced,
     * or it grew from below the position. Nothing was changed. Look and claim again.
     */
    record Overtaken() implements AppendOutcome {}

    /** Another process, or another thread of this one, holds the file. Nothing was changed. */
    record Locked(Duration waited) implements AppendOutcome {
        @Override
        public String toString() {
            return "waited_ms=" + waited.toMillis();
        }
    }
}
