package io.logpipeline.drain;

import io.logpipeline.drain.KeyDrain.Outcome;
import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.CommitOutcome;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.Recovery;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Settles what one worker's drains brought into their files. For one thread, which waits for the
 * answer where the list goes on, and not where that was its last chunk.
 *
 * <p>Invariant: of last commits one is under way at most, and what it leads to is done where its
 * answer comes: no list waits for its end until the next one is drained.
 */
final class Commits {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.drain");

    private final Claims claims;
    private final PendingStreams pending;
    private final DrainTelemetry telemetry;
    private final MonotonicClock clock;
    private final Drainer.Landed landed;
    private CompletionStage<Outcome> last = CompletableFuture.completedStage(Outcome.ENDED);

    Commits(Drainer.Parts parts) {
        this.claims = parts.claims();
        this.pending = parts.pending();
        this.telemetry = parts.telemetry();
        this.clock = parts.clock();
        this.landed = parts.landed();
    }

    /**
     * Settles a chunk, and waits for it: another one may have done so before.
     *
     * @param goesOnBy what the next chunk, which was read ahead, is to be claimed by; or null
     */
    CommitOutcome settle(
            HeldEntry held,
            ClaimOutcome.Claimed claimed,
            long newPosition,
            Claims.@Nullable Admission goesOnBy)
            throws RedisFailure, InterruptedException {
        CommitOutcome commit =
                goesOnBy == null
                        ? claims.commit(held.entry, held.token, claimed, newPosition)
                        : claims.commitAndGoOn(
                                held.entry, held.token, claimed, newPosition, goesOnBy);
        count(held, claimed, commit);
        return commit;
    }

    /**
     * Settles a list's last chunk.
     *
     * @param room what the chunk takes, until the answer
     * @return what is to be done with the entry; never fails
     */
    CompletionStage<Outcome> settleLast(
            HeldEntry held,
            ClaimOutcome.Claimed claimed,
            long newPosition,
            MemoryBudget.Reservation room)
            throws RedisFailure, InterruptedException {
        claims.await(last);
        last =
                claims.beginCommit(held.entry, held.token, claimed, newPosition)
                        .handle((commit, failure) -> ended(held, claimed, commit, failure));
        room.keepUntil(last);
        return last;
    }

    /** On the thread that the answer comes on: nothing here waits. */
    private Outcome ended(
            HeldEntry held,
            ClaimOutcome.Claimed claimed,
            @Nullable CommitOutcome commit,
            @Nullable Throwable failure) {
        try {
            if (commit == null) {
                return failed(held, RedisFailure.of(Objects.requireNonNull(failure)));
            }
            count(held, claimed, commit);
            if (!(commit instanceof CommitOutcome.Done done)) {
                return Outcome.RETRY;
            }
            telemetry.keyDrained(
                    held.list(), held.events, held.bytes, clock.since(held.startNanos));
            if (done.pushedAgainMicros() > 0) {
                pending.add(List.of(held.list()), done.pushedAgainMicros());
            }
            return Outcome.ENDED;
        } catch (RuntimeException | Error unexpected) {
            return failed(held, unexpected);
        }
    }

    /** Counts what a commit settled. */
    private void count(HeldEntry held, ClaimOutcome.Claimed claimed, CommitOutcome commit) {
        if (commit instanceof CommitOutcome.Stale) {
            telemetry.recovered(Recovery.STALE_COMMIT, held.list(), "settled by another replica");
            return;
        }
        int events = claimed.elements().size();
        // Each with its line feed.
        long bytes = claimed.bytes() + events;
        telemetry.eventsCommitted(events, bytes);
        landed.landed(held.userDay.orElseThrow(), claimed.elements());
        held.events += events;
        held.bytes += bytes;
    }

    /** Tells why a drain did not come to its end. */
    Outcome failed(HeldEntry held, Throwable failure) {
        if (failure instanceof RedisFailure) {
            telemetry.drainFailed(
                    DrainFailure.REDIS, held.list(), String.valueOf(failure.getMessage()));
        } else {
            LOG.log(System.Logger.Level.ERROR, "A drain failed unexpectedly", failure);
            telemetry.drainFailed(DrainFailure.IO, held.list(), failure.getClass().getSimpleName());
        }
        return Outcome.RETRY;
    }
}
