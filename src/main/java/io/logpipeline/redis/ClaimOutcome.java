package io.logpipeline.redis;

import java.util.List;

/** What a claim found. */
public sealed interface ClaimOutcome {
    /**
     * The batch is this caller's to append.
     *
     * @param batchId names the batch; never used for another one
     * @param position the ledger's position in the day file, in bytes
     * @param elements the batch's first elements
     * @param total how many elements the batch has in all
     * @param isLight whether it is known that the whole batch takes no more bytes than its caller
     *     had room for
     */
    record Claimed(
            String batchId, long position, List<byte[]> elements, long total, boolean isLight)
            implements ClaimOutcome {

        /** Of a batch of whatever weight. */
        public Claimed(String batchId, long position, List<byte[]> elements, long total) {
            this(batchId, position, elements, total, false);
        }

        /** Of all elements, without what ends their lines. */
        public long bytes() {
            long sum = 0;
            for (byte[] element : elements) {
                sum += element.length;
            }
            return sum;
        }
    }

    /** Another worker settled the batch while it was read: claim again. */
    record Overtaken() implements ClaimOutcome {}

    /** Nothing to drain: it was drained since the entry was made. */
    record Empty() implements ClaimOutcome {}

    /** Nothing to drain, and nobody drained it: the list expired. */
    record Expired() implements ClaimOutcome {}

    /**
     * Another worker holds the list's lock.
     *
     * @param holder its token
     */
    record Busy(String holder) implements ClaimOutcome {}

    /**
     * The batch's first element is larger than any that is read. It stays claimed, with the lock.
     *
     * @param bytes how large it is
     */
    record TooLarge(long bytes) implements ClaimOutcome {}

    /** The key is no list. */
    record WrongType(String type) implements ClaimOutcome {}

    /** The store is another one than the files were prepared for, or the volume has no lease. */
    record NotAdmitted() implements ClaimOutcome {}
}
