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
    private final int bytesMax;
    private final int elementBytesMax;
    private final int answeredMax;

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
        this.bytesMax = bytesMax;
        this.elementBytesMax = Math.max(bytesMax, elementBytesMax);
        this.answeredMax = answeredMax;
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
        return claim(entry, token, firstPosition, admission, bytesMax);
    }

    /** The most bytes of one element: a larger one is left where it is. */
    public int elementBytesMax() {
        return elementBytesMax;
    }

    /** About the most bytes that a claim reads where nothing else bounds it. */
    public int bytesMax() {
        return bytesMax;
    }

    /**
     * The same, for a caller that has less room.
     *
     * @param room about the most bytes to read
     */
    public ClaimOutcome claim(
            PendingEntry entry, String token, long firstPosition, Admission admission, int room)
            throws RedisFailure, InterruptedException {
        List<String> keys = new ArrayList<>(listKeys(entry.list()));
        if (calls.topology() == Topology.ONE_SERVER) {
            keys.add(RedisKeys.STORE);
            keys.add(RedisKeys.VOLUME);
        }
        long beganNanos = System.nanoTime();
        Reply reply =
                run(
                        Script.CLAIM,
                        keys,
                        token,
                        lease.toMillis(),
                        UUID.randomUUID(),
                        firstPosition,
                        elementsMax,
                        Math.min(room, bytesMax),
                        entry.noticedMicros(),
                        admission.storeId(),
                        admission.volumeId(),
                        ledgerLife.toSeconds(),
                        answeredMax,
                        elementBytesMax);
        return switch (reply.word()) {
            case "CLAIMED" -> claimed(reply, reply.bytesFrom(4));
            case "TO_READ" -> read(entry.list(), reply, beganNanos);
            case "TOO_LARGE" -> new ClaimOutcome.TooLarge(reply.number(1));
            case "EMPTY" -> new ClaimOutcome.Empty();
            case "EXPIRED" -> new ClaimOutcome.Expired();
            case "BUSY" -> new ClaimOutcome.Busy(reply.text(1));
            case "WRONG_TYPE" -> new ClaimOutcome.WrongType(reply.text(1));
            case "NOT_ADMITTED" -> new ClaimOutcome.NotAdmitted();
            default -> throw reply.unknown(Script.CLAIM);
        };
    }

    private static ClaimOutcome.Claimed claimed(Reply reply, List<byte[]> elements) {
        return new ClaimOutcome.Claimed(reply.text(1), reply.number(2), elements, reply.number(3));
    }

    /**
     * Reads what was claimed, while nobody else may claim it: what another one claimed then was not
     * weighed for this caller.
     */
    private ClaimOutcome read(String list, Reply reply, long claimedNanos)
            throws RedisFailure, InterruptedException {
        if (System.nanoTime() - claimedNanos >= lease.toNanos()) {
            return new ClaimOutcome.Overtaken();
        }
        int count = (int) Math.min(reply.number(3), elementsMax);
        RedisCalls.BatchElements read = calls.await(calls.readBatch(list, count));
        ClaimOutcome.Claimed claimed = claimed(reply, read.elements());
        boolean still = read.batchId().equals(claimed.batchId()) && read.elements().size() == count;
        return still ? claimed : new ClaimOutcome.Overtaken();
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
        List<byte[]> arguments =
                PendingStream.arguments(
                        token,
                        lease.toMillis(),
                        claimed.batchId(),
                        claimed.position(),
                        claimed.elements().size(),
                        newPosition,
                        ledgerLife.toSeconds());
        return calls.run(Script.COMMIT, listKeys(entry.list()), arguments)
                .thenApply(Claims::commitOutcome);
    }

    private static CommitOutcome commitOutcome(Reply reply) {
        return switch (reply.word()) {
            case "STALE" -> new CommitOutcome.Stale();
            case "MORE" -> new CommitOutcome.More();
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

    private static List<String> listKeys(String list) {
        return List.of(list, RedisKeys.batch(list), RedisKeys.ledger(list), RedisKeys.lock(list));
    }
}
