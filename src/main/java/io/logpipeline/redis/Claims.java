package io.logpipeline.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Takes lists out of reach of their expiry, and settles them.
 *
 * <p>Invariants: elements leave a batch only in a commit, which compares batch id and position;
 * batch ids are random and never reused; a list and its satellites share a hash slot.
 */
public final class Claims {
    /**
     * What a drainer prepared its files for.
     *
     * @param storeId the Redis store that its log directory has noted
     * @param volumeId the log directory's id
     */
    public record Admission(String storeId, String volumeId) {}

    /** A few are with the claim's answer sooner than read by a call of their own. */
    private static final int ANSWERED_MAX = 64;

    private final RedisCalls calls;
    private final Duration lease;
    private final Duration ledgerLife;
    private final int elementsMax;
    private final int answeredMax;
    private final Batches batches;

    /**
     * @param lease how long a list's lock outlives its last renewal
     * @param ledgerLife how long the ledger of a drained list is kept
     * @param elementsMax the most elements of one chunk
     * @param bytesMax about the most bytes of one chunk
     * @param elementBytesMax the most bytes of one element, or {@code bytesMax} where that is more
     */
    public Claims(
            RedisCalls calls,
            Duration lease,
            Duration ledgerLife,
            int elementsMax,
            int bytesMax,
            int elementBytesMax) {
        this(calls, lease, ledgerLife, elementsMax, bytesMax, elementBytesMax, ANSWERED_MAX);
    }

    /**
     * @param answeredMax up to how many elements a batch comes with the claim's answer
     */
    public Claims(
            RedisCalls calls,
            Duration lease,
            Duration ledgerLife,
            int elementsMax,
            int bytesMax,
            int elementBytesMax,
            int answeredMax) {
        this.calls = calls;
        this.lease = lease;
        this.ledgerLife = ledgerLife;
        this.elementsMax = elementsMax;
        this.answeredMax = answeredMax;
        this.batches =
                new Batches(
                        calls, lease, elementsMax, bytesMax, Math.max(bytesMax, elementBytesMax));
    }

    /**
     * Claims the list of an entry, or goes on with a batch claimed before. In a cluster, Redis
     * can't hold the admission against store and volume, which have slots of their own: it must be
     * one that holds now.
     *
     * @param token the worker's lock token
     * @param firstPosition where a ledger without a position starts, in bytes
     */
    public ClaimOutcome claim(
            PendingEntry entry, String token, long firstPosition, Admission admission)
            throws RedisFailure, InterruptedException {
        return claim(entry, token, firstPosition, admission, batches.bytesMax());
    }

    /** The most bytes of one element: a larger one is left where it is. */
    public int elementBytesMax() {
        return batches.elementBytesMax();
    }

    /** About the most bytes that a claim reads where nothing else bounds it. */
    public int bytesMax() {
        return batches.bytesMax();
    }

    /**
     * The same, for a caller that has less room.
     *
     * @param room about the most bytes to read; with none, nothing is read
     */
    public ClaimOutcome claim(
            PendingEntry entry, String token, long firstPosition, Admission admission, int room)
            throws RedisFailure, InterruptedException {
        int bytes = Math.min(room, batches.bytesMax());
        long beganNanos = System.nanoTime();
        Reply reply =
                run(
                        Script.CLAIM,
                        admittedKeys(entry.list()),
                        token,
                        lease.toMillis(),
                        UUID.randomUUID(),
                        firstPosition,
                        elementsMax,
                        bytes,
                        entry.noticedMicros(),
                        admission.storeId(),
                        admission.volumeId(),
                        ledgerLife.toSeconds(),
                        answeredMax);
        return switch (reply.word()) {
            case "CLAIMED" -> Batches.claimed(reply, reply.bytesFrom(4));
            case "TO_READ" -> batches.read(entry.list(), reply, beganNanos);
            case "TO_WEIGH" -> batches.weigh(entry.list(), reply, bytes);
            case "EMPTY" -> new ClaimOutcome.Empty();
            case "EXPIRED" -> new ClaimOutcome.Expired();
            case "BUSY" -> new ClaimOutcome.Busy(reply.text(1));
            case "WRONG_TYPE" -> new ClaimOutcome.WrongType(reply.text(1));
            case "NOT_ADMITTED" -> new ClaimOutcome.NotAdmitted();
            default -> throw reply.unknown(Script.CLAIM);
        };
    }

    /**
     * Reads what comes behind a claim's elements, for a caller that does something else meanwhile.
     * They are the batch's first ones once {@link #commitAndGoOn} settled that claim.
     *
     * @return none when the batch is no longer as it was claimed, or when the first of them is
     *     larger than a chunk
     */
    public CompletionStage<List<byte[]>> readAhead(String list, ClaimOutcome.Claimed claimed) {
        return batches.readAhead(list, claimed);
    }

    /**
     * Settles a claim's elements, which all stand in the file.
     *
     * @param newPosition the file's settled length, in bytes
     */
    public CommitOutcome commit(
            PendingEntry entry, String token, ClaimOutcome.Claimed claimed, long newPosition)
            throws RedisFailure, InterruptedException {
        return await(beginCommit(entry, token, claimed, newPosition));
    }

    /** The same, for a caller that does something else meanwhile. */
    public CompletionStage<CommitOutcome> beginCommit(
            PendingEntry entry, String token, ClaimOutcome.Claimed claimed, long newPosition) {
        return calls.run(
                        Script.COMMIT,
                        listKeys(entry.list()),
                        commitArguments(token, claimed, newPosition))
                .thenApply(reply -> commitOutcome(reply, ""));
    }

    /**
     * The same, for a caller that has read ahead what comes next: while the list's lock is still
     * its own, that is claimed at once. As with a claim, it must have looked at its file before,
     * and in a cluster its admission must be one that holds now.
     */
    public CommitOutcome commitAndGoOn(
            PendingEntry entry,
            String token,
            ClaimOutcome.Claimed claimed,
            long newPosition,
            Admission admission)
            throws RedisFailure, InterruptedException {
        String batchId = UUID.randomUUID().toString();
        List<byte[]> arguments = commitArguments(token, claimed, newPosition);
        arguments.addAll(
                PendingStream.arguments(batchId, admission.storeId(), admission.volumeId()));
        return commitOutcome(
                await(calls.run(Script.COMMIT, admittedKeys(entry.list()), arguments)), batchId);
    }

    private List<byte[]> commitArguments(
            String token, ClaimOutcome.Claimed claimed, long newPosition) {
        return PendingStream.arguments(
                token,
                lease.toMillis(),
                claimed.batchId(),
                claimed.position(),
                claimed.elements().size(),
                newPosition,
                ledgerLife.toSeconds());
    }

    /**
     * @param nextBatchId of the claim that goes with it
     */
    private static CommitOutcome commitOutcome(Reply reply, String nextBatchId) {
        return switch (reply.word()) {
            case "STALE" -> new CommitOutcome.Stale();
            case "MORE" -> new CommitOutcome.More();
            case "CLAIMED" -> new CommitOutcome.GoesOn(nextBatchId, reply.number(1));
            case "DONE" -> new CommitOutcome.Done(reply.number(1));
            default -> throw reply.unknown(Script.COMMIT);
        };
    }

    /** Waits for something that such a call leads to. */
    public <T> T await(CompletionStage<T> call) throws RedisFailure, InterruptedException {
        return calls.await(call);
    }

    /** Gives a list's lock back before its lease ends; the batch stays claimed. */
    public void release(PendingEntry entry, String token)
            throws RedisFailure, InterruptedException {
        run(Script.RELEASE, List.of(RedisKeys.lock(entry.list())), token);
    }

    /** Whether lists of any names can be looked at in one call: not in a cluster. */
    public boolean canLookTogether() {
        return calls.topology() == Topology.ONE_SERVER;
    }

    /**
     * Which of some lists hold events now, where {@link #canLookTogether}; none for a caller whose
     * admission no longer holds.
     */
    public Set<String> waiting(List<String> lists, Admission admission)
            throws RedisFailure, InterruptedException {
        if (lists.isEmpty()) {
            return Set.of();
        }
        List<String> keys = new ArrayList<>(2 + 2 * lists.size());
        keys.add(RedisKeys.STORE);
        keys.add(RedisKeys.VOLUME);
        for (String list : lists) {
            keys.add(list);
            keys.add(RedisKeys.batch(list));
        }
        Reply reply = run(Script.WAITING, keys, admission.storeId(), admission.volumeId());
        if (reply.word().equals("NOT_ADMITTED")) {
            return Set.of();
        }
        Set<String> waiting = new HashSet<>();
        for (int i = 0; i < lists.size(); i++) {
            if (reply.number(1 + i) == 1) {
                waiting.add(lists.get(i));
            }
        }
        return waiting;
    }

    private Reply run(Script script, List<String> keys, Object... arguments)
            throws RedisFailure, InterruptedException {
        return calls.await(calls.run(script, keys, PendingStream.arguments(arguments)));
    }

    /** With those that tell whether an admission holds, where Redis can look at them too. */
    private List<String> admittedKeys(String list) {
        List<String> keys = new ArrayList<>(listKeys(list));
        if (calls.topology() == Topology.ONE_SERVER) {
            keys.add(RedisKeys.STORE);
            keys.add(RedisKeys.VOLUME);
        }
        return keys;
    }

    private static List<String> listKeys(String list) {
        return List.of(list, RedisKeys.batch(list), RedisKeys.ledger(list), RedisKeys.lock(list));
    }
}
