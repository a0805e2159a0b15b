package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.AppendOutcome;
import io.logpipeline.file.DayFileWriter;
import io.logpipeline.file.Disk;
import io.logpipeline.file.Sighting;
import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.CommitOutcome;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.LockKind;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries one list from Redis into its file: claim, append, commit, chunk by chunk. For one thread.
 * Its last commit may be under way while the thread drains the next list.
 */
final class KeyDrain {
    /** What is to be done with the entry. */
    enum Outcome {
        /** Its list needs it no more: drained, empty, or somebody else's who has another entry. */
        ENDED,
        /** It failed, or the replica stops in the middle of it: to be gone on with soon. */
        RETRY,
        /** Somebody else works on it; it comes back by its lease if that one dies. */
        LEFT
    }

    private static final int TURNED_BACK_MAX = 3;

    private final Claims claims;
    private final PendingStreams pending;
    private final Chunks chunks;
    private final DayFileWriter writer;
    private final DrainTelemetry telemetry;
    private final MonotonicClock clock;
    private final Heartbeat heartbeat;
    private final BooleanSupplier stopping;
    private final Commits commits;

    /**
     * @param stopping whether to end after the chunk in hand
     */
    KeyDrain(Drainer.Parts parts, Heartbeat heartbeat, BooleanSupplier stopping) {
        this.claims = parts.claims();
        this.pending = parts.pending();
        this.chunks = new Chunks(parts, heartbeat);
        this.writer = parts.files().writer(heartbeat::beat);
        this.telemetry = parts.telemetry();
        this.clock = parts.clock();
        this.heartbeat = heartbeat;
        this.stopping = stopping;
        this.commits = new Commits(parts);
    }

    /** What is to be done with an entry, as soon as that is known. Its stage never fails. */
    CompletionStage<Outcome> drain(HeldEntry held) throws InterruptedException {
        try {
            if (held.userDay.isEmpty()) {
                telemetry.keyUnrecognized(held.list());
                return now(Outcome.ENDED);
            }
            return new Try(held, held.userDay.get()).run();
        } catch (RedisFailure failure) {
            return now(commits.failed(held, failure));
        } catch (RuntimeException | VirtualMachineError unexpected) {
            // A fault of ours that one list brings out, or a want of heap or stack, must not end
            // the worker, and then, by the entry's next taker, every worker of the fleet.
            return now(commits.failed(held, unexpected));
        }
    }

    private static CompletionStage<Outcome> now(Outcome outcome) {
        return CompletableFuture.completedStage(outcome);
    }

    /** One try at a list, from where it stands to its end. */
    private final class Try {
        private final HeldEntry held;
        private final UserDay userDay;
        private Disk.@Nullable Stat made;
        private boolean waitsForRoom;
        private int turnedBack;
        private @Nullable Chunk next;

        Try(HeldEntry held, UserDay userDay) {
            this.held = held;
            this.userDay = userDay;
            this.made = held.takeMade();
        }

        CompletionStage<Outcome> run() throws RedisFailure, InterruptedException {
            held.begin(clock.nanoTime());
            try {
                while (turnedBack < TURNED_BACK_MAX) {
                    heartbeat.beat();
                    try (Chunk chunk = nextChunk()) {
                        CompletionStage<Outcome> end = drain(chunk);
                        if (end != null) {
                            return end;
                        }
                    }
                }
            } catch (IOException failure) {
                return now(failed(held, failure));
            }
            return now(failed(held, "others are at the list or its file"));
        }

        private Chunk nextChunk() throws RedisFailure, IOException, InterruptedException {
            Chunk claimed = next;
            next = null;
            return claimed == null ? chunks.claim(held, userDay, made, waitsForRoom) : claimed;
        }

        /** Null while the list goes on. */
        private @Nullable CompletionStage<Outcome> drain(Chunk chunk)
                throws RedisFailure, IOException, InterruptedException {
            if (!(chunk.claim() instanceof ClaimOutcome.Claimed claimed)) {
                return now(withoutClaim(held, chunk.claim()));
            }
            held.appended = false;
            if (!waitsForRoom && dependsOnRoom(chunk.sighting(), claimed)) {
                waitsForRoom = true;
                return null;
            }
            chunk.room().keepFor(claimed.elements());
            try (ReadAhead ahead =
                    stopping.getAsBoolean() ? null : chunks.readAhead(held.list(), claimed)) {
                AppendOutcome append =
                        writer.append(
                                userDay, chunk.sighting(), claimed.position(), claimed.elements());
                made = null;
                return switch (append) {
                    case AppendOutcome.Appended appended -> {
                        held.appended = true;
                        tell(held, appended);
                        yield settle(chunk, claimed, appended.position(), ahead);
                    }
                    case AppendOutcome.Overtaken overtaken -> {
                        turnedBack++;
                        yield null;
                    }
                    case AppendOutcome.Replaced replaced -> {
                        turnedBack++;
                        stepBack(held, claimed, replaced);
                        yield null;
                    }
                    case AppendOutcome.Locked locked -> {
                        telemetry.lockBusy(LockKind.FILE);
                        yield now(failed(held, locked.toString()));
                    }
                };
            }
        }

        private @Nullable CompletionStage<Outcome> settle(
                Chunk chunk, ClaimOutcome.Claimed claimed, long position, @Nullable ReadAhead ahead)
                throws RedisFailure, IOException, InterruptedException {
            if (claimed.elements().size() == claimed.total()) {
                return commits.settleLast(held, claimed, position, chunk.room());
            }
            Claims.Admission goesOnBy =
                    ahead == null || stopping.getAsBoolean()
                            ? null
                            : ahead.admission(userDay, position);
            // What was waited for there is a reply like the two that follow.
            heartbeat.beat();
            CommitOutcome commit = commits.settle(held, claimed, position, goesOnBy);
            if (commit instanceof CommitOutcome.Stale) {
                turnedBack++;
                return null;
            }
            if (stopping.getAsBoolean()) {
                claims.release(held.entry, held.token);
                return now(Outcome.RETRY);
            }
            pending.renew(held.entry);
            if (ahead != null && commit instanceof CommitOutcome.GoesOn goesOn) {
                next = ahead.chunk(goesOn, position);
            }
            return null;
        }
    }

    /** Chunks must end alike each time while they are looked for in the file's unsettled end. */
    private static boolean dependsOnRoom(Sighting sighting, ClaimOutcome.Claimed claimed) {
        return claimed.elements().size() < claimed.total()
                && sighting.file().stream().anyMatch(f -> f.sizeBytes() > claimed.position());
    }

    /** Settles no element, only where the ledger stands; stale when another one did so already. */
    private void stepBack(
            HeldEntry held, ClaimOutcome.Claimed claimed, AppendOutcome.Replaced replaced)
            throws RedisFailure, InterruptedException {
        telemetry.recovered(
                Recovery.REPLACED_FILE,
                held.list(),
                "the file was moved away, removed or shortened");
        var none =
                new ClaimOutcome.Claimed(
                        claimed.batchId(), claimed.position(), List.of(), claimed.total());
        claims.commit(held.entry, held.token, none, replaced.sizeBytes());
    }

    private Outcome failed(HeldEntry held, IOException failure)
            throws RedisFailure, InterruptedException {
        DiskProblem problem = DiskProblem.of(failure);
        return failed(held, problem.reason(), problem.details());
    }

    /** Others hold up the list, or its file. */
    private Outcome failed(HeldEntry held, String details)
            throws RedisFailure, InterruptedException {
        return failed(held, DrainFailure.LOCK_TIMEOUT, details);
    }

    private Outcome failed(HeldEntry held, DrainFailure reason, String details)
            throws RedisFailure, InterruptedException {
        telemetry.drainFailed(reason, held.list(), details);
        claims.release(held.entry, held.token);
        return Outcome.RETRY;
    }

    private Outcome withoutClaim(HeldEntry held, ClaimOutcome claim)
            throws RedisFailure, InterruptedException {
        return switch (claim) {
            case ClaimOutcome.Claimed claimed ->
                    throw new IllegalStateException("claimed " + claimed.batchId());
            case ClaimOutcome.Empty empty -> Outcome.ENDED;
            case ClaimOutcome.Expired expired -> {
                // A store that forgot all takes a list for expired whose events are in the file.
                if (!held.appended) {
                    telemetry.keyExpired(held.list());
                }
                yield Outcome.ENDED;
            }
            case ClaimOutcome.Busy busy -> {
                telemetry.lockBusy(LockKind.KEY);
                // A holder with an entry of its own makes the list known again if need be. But this
                // entry may be the holder's own, handed on by its lease: then it stays.
                yield held.isHolder(busy.holder()) ? Outcome.LEFT : Outcome.ENDED;
            }
            case ClaimOutcome.WrongType wrong -> {
                telemetry.drainFailed(DrainFailure.WRONG_TYPE, held.list(), "type=" + wrong.type());
                yield Outcome.ENDED;
            }
            case ClaimOutcome.TooLarge large ->
                    failed(
                            held,
                            DrainFailure.TOO_LARGE,
                            "bytes=" + large.bytes() + " max=" + claims.elementBytesMax());
            case ClaimOutcome.Overtaken overtaken -> Outcome.RETRY;
            case ClaimOutcome.NotAdmitted notAdmitted -> Outcome.RETRY;
        };
    }

    private void tell(HeldEntry held, AppendOutcome.Appended appended) {
        telemetry.synced(appended.force());
        String list = held.list();
        if (appended.alreadyApplied() > 0) {
            telemetry.recovered(Recovery.TAIL_MATCHED, list, "events=" + appended.alreadyApplied());
        }
        if (appended.tornBytes() > 0) {
            telemetry.recovered(Recovery.TORN_TAIL, list, "bytes=" + appended.tornBytes());
        }
        if (appended.rolledBack()) {
            telemetry.recovered(
                    Recovery.ROLLED_BACK, list, "the file holds lines that Redis forgot");
        }
    }
}
