package io.logpipeline.redis;

import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;

/**
 * Has Redis write its append-only file anew after each of its starts.
 *
 * <p>Redis goes on behind half a transaction that a power loss left at the end of its file, and at
 * its next start takes what stands there, acknowledged, for part of it. A file that was written
 * anew has no such end. For one thread.
 */
final class AofRewriter {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");

    /**
     * Between two tries where the last one failed, at first and at most. Each leaves one more part
     * of the file behind in Redis, which therefore takes up to an hour for tries of its own; and
     * each process of the pipeline tries.
     */
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);

    private static final Duration PAUSE_MAX = Duration.ofMinutes(10);

    private final RedisCalls calls;
    private final MonotonicClock clock;
    private boolean toldRefused;
    private int toldFailed;
    private Duration pause = Duration.ZERO;
    private long triedNanos;

    AofRewriter(RedisCalls calls, MonotonicClock clock) {
        this.calls = calls;
        this.clock = clock;
        this.triedNanos = clock.nanoTime();
    }

    /** Looks whether a file is to be written anew, and has it done. */
    void look() throws RedisFailure, InterruptedException {
        boolean again = clock.since(triedNanos).compareTo(pause) >= 0;
        try {
            RedisCalls.AofRewrites found = calls.await(calls.rewriteAof(again));
            tell(found);
            if (found.failed() == 0) {
                pause = Duration.ZERO;
            } else if (again) {
                tried();
            }
        } catch (RedisFailure failure) {
            if (failure.kind() != RedisFailure.Kind.REFUSED) {
                throw failure;
            }
            if (again) {
                tried();
            }
            tellRefused(failure);
        }
    }

    private void tried() {
        triedNanos = clock.nanoTime();
        Duration longer = pause.isZero() ? PAUSE_MIN : pause.multipliedBy(2);
        pause = longer.compareTo(PAUSE_MAX) < 0 ? longer : PAUSE_MAX;
    }

    private void tell(RedisCalls.AofRewrites found) {
        if (found.begun() > 0) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Redis was told to write its append-only file anew, once after its start"
                            + " masters={0}",
                    found.begun());
        }
        if (found.failed() > toldFailed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis could not write its append-only file anew, and is told to again and"
                            + " again: see its log and its disk; until then later events may be"
                            + " lost at a power loss that follows another one masters={0}",
                    found.failed());
        } else if (found.failed() < toldFailed) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Redis tells of no failure to write its append-only file anew any more"
                            + " masters={0}",
                    toldFailed - found.failed());
        }
        toldFailed = found.failed();
    }

    private void tellRefused(RedisFailure failure) {
        // Of several processes that ask at a time one is the first.
        boolean anotherWasFirst = String.valueOf(failure.getMessage()).contains("in progress");
        if (!anotherWasFirst && !toldRefused) {
            toldRefused = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis can''t be told to write its append-only file anew after its start: after"
                            + " a power loss do it by hand, else later events may be lost at the"
                            + " next one reason={0}",
                    failure.getMessage());
        }
    }
}
