package io.logpipeline.safeguards;

import java.util.List;

/** Of batches that a drainer reads itself. */
final class ClaimSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "whose batch it was that was read",
                            "A worker whose lease is over does not append another one's batch as"
                                    + " its own.",
                            "redis/Claims.java",
                            "read.batchId().equals(claimed.batchId()) && ",
                            "",
                            "redis.BatchReadTest#theBatchOfAnotherWorkerIsNotTakenForOnesOwn"),
                    new Safeguard(
                            "as many as were claimed",
                            "A batch that is on its way to another node is not taken for a short"
                                    + " one.",
                            "redis/Claims.java",
                            " && read.elements().size() == count",
                            "",
                            "redis.BatchReadTest#aBatchOfWhichElementsAreMissingIsOvertaken"),
                    new Safeguard(
                            "nothing is read after the lease",
                            "What another one claimed since was not weighed for this worker.",
                            "redis/Claims.java",
                            "System.nanoTime() - claimedNanos >= lease.toNanos()",
                            "lease.isNegative()",
                            "redis.BatchReadTest#nothingIsReadWhenTheLeaseIsOver"),
                    new Safeguard(
                            "batch id after the elements",
                            "Nobody settles a batch between its read and the question whose it is.",
                            "redis/BatchRead.java",
                            "List.of(elements, id)",
                            "List.of(id, elements)",
                            "redis.ClaimSlicesTest#whoseABatchIsIsReadAfterIt"),
                    new Safeguard(
                            "overtaken is not drained",
                            "A list whose batch another worker settled keeps its entry.",
                            "drain/KeyDrain.java",
                            "case ClaimOutcome.Overtaken overtaken -> Outcome.RETRY;",
                            "case ClaimOutcome.Overtaken overtaken -> Outcome.ENDED;",
                            "drain.KeyDrainTest#aListWhoseBatchIsSettledByAnotherOneWhileItIsReadIsTriedAgain"));

    private ClaimSafeguards() {}
}
