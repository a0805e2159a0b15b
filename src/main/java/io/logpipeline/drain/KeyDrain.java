package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.AppendOutcome;
import io.logpipeline.file.DayFileWriter;
import io.logpipeline.file.Disk;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.Sighting;
import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.CommitOutcome;
import io.logpipeline.redis.PendingEntry;
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
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries one list from Redis into its file: claim, append, commit, chunk by chunk. For one thread.
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

    private static final System.Logger LOG = System.getLogger("io.logpipeline.drain");
    private static final int TURNED_BACK_MAX = 3;
    private static final int LEAST_BYTES = 1;

    private final Claims claims;
    private final PendingStreams pending;
    private final VolumeKeeper keeper;
    private final LogVolume volume;
    private final DayFileWriter writer;
    private final MemoryBudget memory;
    private final DrainTelemetry telemetry;
    private final MonotonicClock clock;
    private final Heartbeat heartbeat;
    private final BooleanSupplier stopping;
    private final String replica;
    private final Drainer.Landed landed;

    /**
     * @param stopping whether to end after the chunk in hand
     */
    KeyDrain(Drainer.Parts parts, Heartbeat heartbeat, String replica, BooleanSupplier stopping) {
        this.claims = parts.claims();
        this.pending = parts.pending();
        this.keeper = parts.keeper();
        this.volume = parts.volume();
        this.writer = parts.files().writer(heartbeat::beat);
        this.memory = parts.memory();
        this.telemetry = parts.telemetry();
        this.clock = parts.clock();
        this.landed = parts.landed();
        this.heartbeat = heartbeat;
        this.stopping = stopping;
        this.replica = replica;
    }

    Outcome drain(PendingEntry entry) throws InterruptedException {
        Optional<UserDay> userDay = UserDay.fromKey(entry.list());
        try {
            if (userDay.isEmpty()) {
                telemetry.keyUnrecognized(entry.list());
                return Outcome.ENDED;
            }
            return drain(entry, userDay.get());
        } catch (RedisFailure failure) {
            telemetry.drainFailed(
                    DrainFailure.REDIS, entry.list(), String.valueOf(failure.getMessage()));
            return Outcome.RETRY;
        } catch (RuntimeException | VirtualMachineError unexpected) {
            // A fault of ours that one list brings out, or a want of heap or stack, must not end
            // the worker, and then, by the entry's next taker, every worker of the fleet.
            LOG.log(System.Logger.Level.ERROR, "A drain failed unexpectedly", unexpected);
            telemetry.drainFailed(
                    DrainFailure.IO, entry.list(), unexpected.getClass().getSimpleName());
            return Outcome.RETRY;
        }
    }

    private Outcome drain(PendingEntry entry, UserDay userDay)
            throws RedisFailure, InterruptedException {
        long startNanos = clock.nanoTime();
        int events = 0;
        long bytes = 0;
        boolean appendedAny = false;
        boolean waitsForRoom = false;
        for (int turnedBack = 0; turnedBack < TURNED_BACK_MAX; ) {
            heartbeat.beat();
            try (var room = memory.reserve(claims.bytesMax(), waitsForRoom, heartbeat::beat)) {
                // Taken before the sighting, which goes by its store.
                Claims.Admission admission = keeper.admission();
                Sighting sighting = volume.sight(userDay);
                ClaimOutcome claim = claim(entry, sighting, admission, room);
                if (claim instanceof ClaimOutcome.NotAdmitted && admittedAnew()) {
                    // What the new store's time says of the file is to be looked at again.
                    admission = keeper.admission();
                    sighting = volume.sight(userDay);
                    claim = claim(entry, sighting, admission, room);
                }
                if (!(claim instanceof ClaimOutcome.Claimed claimed)) {
                    // A store that forgot all takes a list for expired whose events are in the
                    // file.
                    return appendedAny && claim instanceof ClaimOutcome.Expired
                            ? Outcome.ENDED
                            : withoutClaim(entry, claim);
                }
                if (!waitsForRoom && dependsOnRoom(sighting, claimed)) {
                    waitsForRoom = true;
                    continue;
                }
                room.keepFor(claimed);
                AppendOutcome append =
                        writer.append(userDay, sighting, claimed.position(), claimed.elements());
                if (append instanceof AppendOutcome.Overtaken) {
                    turnedBack++;
                    continue;
                }
                if (append instanceof AppendOutcome.Replaced replaced) {
                    turnedBack++;
                    stepBack(entry, claimed, replaced);
                    continue;
                }
                if (!(append instanceof AppendOutcome.Appended appended)) {
                    telemetry.lockBusy(LockKind.FILE);
                    return failed(entry, DrainFailure.LOCK_TIMEOUT, append.toString());
                }
                appendedAny = true;
                tell(entry, appended);
                CommitOutcome commit =
                        claims.commit(entry, token(entry), claimed, appended.position());
                if (commit instanceof CommitOutcome.Stale) {
                    turnedBack++;
                    telemetry.recovered(
                            Recovery.STALE_COMMIT, entry.list(), "settled by another replica");
                    continue;
                }
                events += claimed.elements().size();
                bytes += committed(userDay, claimed);
                if (commit instanceof CommitOutcome.Done done) {
                    telemetry.keyDrained(entry.list(), events, bytes, clock.since(startNanos));
                    return done(entry, done);
                }
                if (stopping.getAsBoolean()) {
                    claims.release(entry, token(entry));
                    return Outcome.RETRY;
                }
                pending.renew(entry);
            } catch (Disk.NotOpened notOpened) {
                return failed(entry, notOpened.reason());
            } catch (IOException failure) {
                return failed(entry, failure);
            }
        }
        return failed(entry, DrainFailure.LOCK_TIMEOUT, "others are at the list or its file");
    }

    /** Chunks must end alike each time while they are looked for in the file's unsettled end. */
    private static boolean dependsOnRoom(Sighting sighting, ClaimOutcome.Claimed claimed) {
        return claimed.elements().size() < claimed.total()
                && sighting.file().stream().anyMatch(f -> f.sizeBytes() > claimed.position());
    }

    /** Settles no element, only where the ledger stands; stale when another one did so already. */
    private void stepBack(
            PendingEntry entry, ClaimOutcome.Claimed claimed, AppendOutcome.Replaced replaced)
            throws RedisFailure, InterruptedException {
        telemetry.recovered(
                Recovery.REPLACED_FILE,
                entry.list(),
                "the file was moved away, removed or shortened");
        var none =
                new ClaimOutcome.Claimed(
                        claimed.batchId(), claimed.position(), List.of(), claimed.total());
        claims.commit(entry, token(entry), none, replaced.sizeBytes());
    }

    private Outcome done(PendingEntry entry, CommitOutcome.Done done)
            throws RedisFailure, InterruptedException {
        if (done.pushedAgainMicros() > 0) {
            pending.add(List.of(entry.list()), done.pushedAgainMicros());
        }
        return Outcome.ENDED;
    }

    private Outcome failed(PendingEntry entry, IOException failure)
            throws RedisFailure, InterruptedException {
        DiskProblem problem = DiskProblem.of(failure);
        return failed(entry, problem.reason(), problem.details());
    }

    private Outcome failed(PendingEntry entry, DrainFailure reason, String details)
            throws RedisFailure, InterruptedException {
        telemetry.drainFailed(reason, entry.list(), details);
        claims.release(entry, token(entry));
        return Outcome.RETRY;
    }

    /** The entry's own: the worker that tries it again, any of this replica's, holds the lock. */
    private String token(PendingEntry entry) {
        return replica + tokenEnd(entry);
    }

    private static String tokenEnd(PendingEntry entry) {
        return "/" + entry.name();
    }

    private ClaimOutcome claim(
            PendingEntry entry,
            Sighting sighting,
            Claims.@Nullable Admission admission,
            MemoryBudget.Reservation room)
            throws RedisFailure, InterruptedException {
        if (admission == null) {
            return new ClaimOutcome.NotAdmitted();
        }
        // A file that is still not there is made by the first append, which turns back from it.
        int bytesMax = sighting.file().isEmpty() ? LEAST_BYTES : room.bytes();
        return claims.claim(entry, token(entry), sighting.firstPosition(), admission, bytesMax);
    }

    private boolean admittedAnew() throws RedisFailure, InterruptedException {
        if (keeper.admission() == null) {
            return false;
        }
        keeper.admit();
        return keeper.admission() != null;
    }

    private Outcome withoutClaim(PendingEntry entry, ClaimOutcome claim)
            throws RedisFailure, InterruptedException {
        return switch (claim) {
            case ClaimOutcome.Claimed claimed ->
                    throw new IllegalStateException("claimed " + claimed.batchId());
            case ClaimOutcome.Empty empty -> Outcome.ENDED;
            case ClaimOutcome.Expired expired -> {
                telemetry.keyExpired(entry.list());
                yield Outcome.ENDED;
            }
            case ClaimOutcome.Busy busy -> {
                telemetry.lockBusy(LockKind.KEY);
                // A holder with an entry of its own makes the list known again if need be. But this
                // entry may be the holder's own, handed on by its lease: then it stays.
                yield busy.holder().endsWith(tokenEnd(entry)) ? Outcome.LEFT : Outcome.ENDED;
            }
            case ClaimOutcome.WrongType wrong -> {
                telemetry.drainFailed(
                        DrainFailure.WRONG_TYPE, entry.list(), "type=" + wrong.type());
                yield Outcome.ENDED;
            }
            case ClaimOutcome.TooLarge large ->
                    failed(
                            entry,
                            DrainFailure.TOO_LARGE,
                            "bytes=" + large.bytes() + " max=" + claims.elementBytesMax());
            case ClaimOutcome.Overtaken overtaken -> Outcome.RETRY;
            case ClaimOutcome.NotAdmitted notAdmitted -> Outcome.RETRY;
        };
    }

    private long committed(UserDay userDay, ClaimOutcome.Claimed claimed) {
        // Each with its line feed.
        long bytes = claimed.bytes() + claimed.elements().size();
        telemetry.eventsCommitted(claimed.elements().size(), bytes);
        landed.landed(userDay, claimed.elements());
        return bytes;
    }

    private void tell(PendingEntry entry, AppendOutcome.Appended appended) {
        telemetry.synced(appended.force());
        String list = entry.list();
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
