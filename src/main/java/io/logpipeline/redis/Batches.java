package io.logpipeline.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Reads elements of claimed batches.
 *
 * <p>Invariant: what is answered as a claim's is its batch's, as it was claimed: the batch has that
 * claim's id when it is read, or still after.
 *
 * @param lease how long a list's lock outlives its last renewal
 * @param elementsMax the most elements of one chunk
 * @param bytesMax about the most bytes of one chunk
 * @param elementBytesMax the most bytes of one element, no less than {@code bytesMax}
 */
record Batches(
        RedisCalls calls, Duration lease, int elementsMax, int bytesMax, int elementBytesMax) {

    static ClaimOutcome.Claimed claimed(Reply claim, List<byte[]> elements) {
        return new ClaimOutcome.Claimed(claim.text(1), claim.number(2), elements, claim.number(3));
    }

    /**
     * Reads what was claimed, while nobody else may claim it: what another one claimed then was not
     * weighed for this caller.
     */
    ClaimOutcome read(String list, Reply claim, long claimedNanos)
            throws RedisFailure, InterruptedException {
        if (System.nanoTime() - claimedNanos >= lease.toNanos()) {
            return new ClaimOutcome.Overtaken();
        }
        int count = (int) Math.min(claim.number(3), elementsMax);
        RedisCalls.BatchElements read = calls.await(calls.readBatch(list, count));
        String batchId = claim.text(1);
        boolean still = read.batchId().equals(batchId) && read.elements().size() == count;
        return still
                ? new ClaimOutcome.Claimed(
                        batchId, claim.number(2), read.elements(), claim.number(3), true)
                : new ClaimOutcome.Overtaken();
    }

    /**
     * Reads what was claimed and has to be weighed.
     *
     * @param bytes about the most to read; none for a caller that wants no elements
     */
    ClaimOutcome weigh(String list, Reply claim, int bytes)
            throws RedisFailure, InterruptedException {
        if (bytes == 0) {
            return claimed(claim, List.of());
        }
        Reply read = calls.await(weighed(list, claim.text(1), 0, bytes, elementBytesMax));
        return switch (read.word()) {
            // Without any, it was deleted by hand.
            case "READ" ->
                    read.size() == 1
                            ? new ClaimOutcome.Overtaken()
                            : claimed(claim, read.bytesFrom(1));
            case "TOO_LARGE" -> new ClaimOutcome.TooLarge(read.number(1));
            case "STALE" -> new ClaimOutcome.Overtaken();
            default -> throw read.unknown(Script.READ);
        };
    }

    /** See {@link Claims#readAhead}. There is no room for an element of more than a chunk. */
    CompletionStage<List<byte[]>> readAhead(String list, ClaimOutcome.Claimed claimed) {
        return weighed(list, claimed.batchId(), claimed.elements().size(), bytesMax, bytesMax)
                .thenApply(reply -> reply.word().equals("READ") ? reply.bytesFrom(1) : List.of());
    }

    private CompletionStage<Reply> weighed(
            String list, String batchId, int skipped, int bytes, int elementBytes) {
        return calls.run(
                Script.READ,
                List.of(RedisKeys.batch(list), RedisKeys.ledger(list)),
                PendingStream.arguments(batchId, skipped, elementsMax, bytes, elementBytes));
    }
}
