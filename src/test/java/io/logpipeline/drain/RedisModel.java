package io.logpipeline.drain;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * push.lua, claim.lua and commit.lua for one list, in Java; with a memory of earlier states to fall
 * back to. It has no lock: safety must not rest on it.
 */
final class RedisModel {
    /** The hash of a list's ledger; {@code batchId} is null when no batch is claimed. */
    private record Ledger(@Nullable String batchId, long position, @Nullable Instant expires) {}

    private record State(
            String storeId, List<Event> list, List<Event> batch, @Nullable Ledger ledger) {}

    sealed interface Claim {
        record Claimed(String batchId, long position, List<Event> elements) implements Claim {}

        record Empty() implements Claim {}

        record NotAdmitted() implements Claim {}
    }

    enum Commit {
        STALE,
        MORE,
        DONE
    }

    private static final int SNAPSHOTS_MAX = 30;

    private final Random random;
    private final InstantSource clock;
    private final Duration ledgerLife;
    private final Deque<State> snapshots = new ArrayDeque<>();
    private State state;
    private int ids;

    RedisModel(Random random, InstantSource clock, Duration ledgerLife) {
        this.random = random;
        this.clock = clock;
        this.ledgerLife = ledgerLife;
        this.state = new State(newId("store"), List.of(), List.of(), null);
    }

    private String newId(String kind) {
        return kind + "-" + ++ids;
    }

    private void become(State next) {
        snapshots.addLast(state);
        if (snapshots.size() > SNAPSHOTS_MAX) {
            snapshots.removeFirst();
        }
        state = next;
    }

    String storeId() {
        return state.storeId;
    }

    @Override
    public String toString() {
        return state.toString();
    }

    void push(List<Event> events) {
        become(
                new State(
                        state.storeId,
                        Stream.concat(state.list.stream(), events.stream()).toList(),
                        state.batch,
                        state.ledger));
    }

    Claim claim(String storeId, long firstPosition, int elementsMax) {
        if (!storeId.equals(state.storeId)) {
            return new Claim.NotAdmitted();
        }
        if (state.list.isEmpty() && state.batch.isEmpty()) {
            return new Claim.Empty();
        }
        boolean claimedBefore = !state.batch.isEmpty();
        List<Event> batch = claimedBefore ? state.batch : state.list;
        Ledger known = ledger();
        String batchId = known == null || known.batchId == null ? newId("batch") : known.batchId;
        long position = known == null ? firstPosition : known.position;
        become(
                new State(
                        state.storeId,
                        claimedBefore ? state.list : List.of(),
                        batch,
                        new Ledger(batchId, position, null)));
        List<Event> elements = batch.subList(0, Math.min(batch.size(), elementsMax));
        return new Claim.Claimed(batchId, position, List.copyOf(elements));
    }

    Commit commit(Claim.Claimed claimed, int count, long newPosition) {
        Ledger known = ledger();
        if (known == null
                || !claimed.batchId.equals(known.batchId)
                || claimed.position != known.position) {
            return Commit.STALE;
        }
        List<Event> left = List.copyOf(state.batch.subList(count, state.batch.size()));
        boolean done = left.isEmpty();
        Ledger next =
                done
                        ? new Ledger(null, newPosition, clock.instant().plus(ledgerLife))
                        : new Ledger(known.batchId, newPosition, null);
        become(new State(state.storeId, state.list, left, next));
        return done ? Commit.DONE : Commit.MORE;
    }

    private @Nullable Ledger ledger() {
        Ledger ledger = state.ledger;
        boolean expired =
                ledger != null && ledger.expires != null && clock.instant().isAfter(ledger.expires);
        return expired ? null : ledger;
    }

    boolean isClaimed() {
        return !state.batch.isEmpty();
    }

    /** -1 when the ledger knows none. */
    long position() {
        Ledger ledger = ledger();
        return ledger == null ? -1 : ledger.position;
    }

    /** What waits here, claimed or not. */
    List<Event> waiting() {
        List<Event> waiting = new ArrayList<>(state.batch);
        waiting.addAll(state.list);
        return waiting;
    }

    boolean rollsBack() {
        return !snapshots.isEmpty();
    }

    /** A restart or fail-over that forgets the latest writes, all keys alike. */
    void rollBack() {
        int forgotten = 1 + random.nextInt(snapshots.size());
        for (int i = 0; i < forgotten; i++) {
            state = snapshots.removeLast();
        }
    }

    /** What was until now is not to be fallen back to. */
    void forgetThePast() {
        snapshots.clear();
    }

    /** A restart that forgets everything. */
    void startEmpty() {
        snapshots.clear();
        state = new State(newId("store"), List.of(), List.of(), null);
    }
}
