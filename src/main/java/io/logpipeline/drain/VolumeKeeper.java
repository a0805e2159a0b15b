package io.logpipeline.drain;

import io.logpipeline.file.LogVolume;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds what allows this replica to drain: the log directory takes writes, has noted the Redis
 * store of now, and is the volume that all live drainers write to.
 *
 * <p>Invariants: whatever claims names the store and the volume of an admission, and Redis refuses
 * it once either is another. So nothing of a new store is drained before the directory has noted
 * it. Where Redis can't, an admission ends with its lease.
 */
public final class VolumeKeeper {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.drain");

    private static final Duration LOOK_MAX = Duration.ofSeconds(5);

    private final LogVolume volume;
    private final Leases leases;
    private final PipelineState state;
    private final MonotonicClock clock;
    private final Heartbeat heartbeat;
    private final Duration lease;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile Claims.@Nullable Admission admission;
    private volatile long leaseStartNanos;
    private @Nullable String toldProblem;

    /**
     * @param lease how long the volume's lease outlives its last renewal
     */
    public VolumeKeeper(
            LogVolume volume,
            Leases leases,
            PipelineState state,
            Watchdog watchdog,
            MonotonicClock clock,
            Duration lease) {
        this.volume = volume;
        this.leases = leases;
        this.state = state;
        this.clock = clock;
        this.lease = lease;
        this.heartbeat = watchdog.loop("volume-keeper");
        this.thread = Thread.ofPlatform().name("volume-keeper").unstarted(this::keepUntilClosed);
    }

    /** Keeps looking, and renewing the lease, until {@link #stop}. */
    public VolumeKeeper start() {
        thread.start();
        return this;
    }

    /** What claims may name now; null while this replica must not drain. */
    public Claims.@Nullable Admission admission() {
        Claims.Admission now = admission;
        boolean leased = clock.since(leaseStartNanos).compareTo(lease) < 0;
        return leased || leases.guardClaims() ? now : null;
    }

    /** Prepares for the store and the volume of now. */
    public synchronized void admit() throws RedisFailure, InterruptedException {
        try {
            String storeId = leases.store();
            String volumeId = volume.adopt(storeId);
            long startNanos = clock.nanoTime();
            Optional<String> other = leases.volume(volumeId, lease);
            if (other.isPresent()) {
                refuse(
                        "live drainers write to another volume: mount the same log directory"
                                + " everywhere ours="
                                + volumeId
                                + " theirs="
                                + other.get());
                return;
            }
            leaseStartNanos = startNanos;
            // Before the probe: a full disk is to be seen in numbers as well.
            volume.space().ifPresent(room -> state.logDirSpace(room.freeBytes(), room.sizeBytes()));
            volume.probe();
            admission = new Claims.Admission(storeId, volumeId);
            state.logDirProblem(null);
            if (toldProblem != null) {
                LOG.log(System.Logger.Level.INFO, "The log directory is usable again");
                toldProblem = null;
            }
        } catch (IOException failure) {
            // Keys go on with an earlier admission: each says for itself why it can't be written.
            refuseKeepingAdmission("the log directory can't be written: " + failure);
        }
    }

    private void refuse(String problem) {
        admission = null;
        refuseKeepingAdmission(problem);
    }

    private void refuseKeepingAdmission(String problem) {
        state.logDirProblem(problem);
        if (!problem.equals(toldProblem)) {
            LOG.log(System.Logger.Level.ERROR, "Not ready: " + problem);
            toldProblem = problem;
        }
    }

    private void keepUntilClosed() {
        try {
            Duration wait = Duration.ZERO;
            while (!closed.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                heartbeat.beat();
                wait = turn();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look; how long to wait for the next one. */
    Duration turn() throws InterruptedException {
        try {
            admit();
        } catch (RedisFailure failure) {
            // RedisWatch tells of it.
            return Duration.ofMillis(200);
        }
        if (admission == null) {
            return Duration.ofSeconds(1);
        }
        Duration third = lease.dividedBy(3);
        return third.compareTo(LOOK_MAX) < 0 ? third : LOOK_MAX;
    }

    /** Ends the loop after what it does now. */
    public void stop() throws InterruptedException {
        closed.countDown();
        thread.join(Duration.ofSeconds(5));
        heartbeat.close();
    }
}
