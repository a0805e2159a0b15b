package io.logpipeline.redis;

/** What became of a commit. */
public sealed interface CommitOutcome {
    /** Somebody else settled the batch; nothing changed. */
    record Stale() implements CommitOutcome {}

    /** Settled; the batch has more elements. */
    record More() implements CommitOutcome {}

    /**
     * Settled; what the batch has more is claimed.
     *
     * @param batchId names the batch from here on
     * @param total how many elements it has
     */
    record GoesOn(String batchId, long total) implements CommitOutcome {}

    /**
     * The batch is settled whole.
     *
     * @param pushedAgainMicros 0, or when the list was found to hold new events
     */
    record Done(long pushedAgainMicros) implements CommitOutcome {}
}
