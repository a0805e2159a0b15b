package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.Disk;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.NioDisk;
import io.logpipeline.file.Sync;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One replica's drain side, wired as the pipeline wires it, with short times. */
public final class DrainStage implements AutoCloseable {
    /**
     * How it is set.
     *
     * @param interval how long an entry waits before it is due
     * @param chunkElements the most elements of one chunk
     */
    public record Pace(
            Duration interval,
            Duration lease,
            Duration sweepPeriod,
            int workers,
            int chunkElements) {}

    static final Duration INTERVAL = Duration.ofMillis(100);
    static final int ELEMENT_BYTES_MAX = 2_000_000;
    static final int CHUNK_ELEMENTS = 3000;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration SWEEP_PERIOD = Duration.ofMillis(400);
    private static final Duration LEDGER_LIFE = Duration.ofHours(1);

    final RecordedTelemetry telemetry = new RecordedTelemetry();
    final PipelineState state = new PipelineState("drainer", "test");
    final MonotonicClock clock = MonotonicClock.system();

    /** Time that passes for the watchdog only. */
    final AtomicLong watchedNanos = new AtomicLong();

    final Watchdog watchdog = new Watchdog(() -> clock.nanoTime() + watchedNanos.get());
    final PendingStreams pending;
    final Claims claims;
    final VolumeKeeper keeper;
    volatile Drainer.Landed landed = (userDay, elements) -> {};
    final Drainer drainer;
    final Sweeper sweeper;
    private final DayFiles files;
    private boolean stopped;

    DrainStage(RedisCalls calls, Path logDir, String replica, Duration lease, int workers) {
        this(calls, new NioDisk(), logDir, replica, lease, workers);
    }

    DrainStage(
            RedisCalls calls, Disk disk, Path logDir, String replica, Duration lease, int workers) {
        this(
                calls,
                disk,
                logDir,
                replica,
                new Pace(INTERVAL, lease, SWEEP_PERIOD, workers, CHUNK_ELEMENTS),
                new StreamSet(1),
                Sync.FILE);
    }

    /** One whose files are made durable so, and whose entries nobody else takes over. */
    static DrainStage syncing(RedisCalls calls, Disk disk, Path logDir, Sync sync, int workers) {
        Pace pace =
                new Pace(INTERVAL, Duration.ofSeconds(60), SWEEP_PERIOD, workers, CHUNK_ELEMENTS);
        return new DrainStage(calls, disk, logDir, "replica", pace, new StreamSet(1), sync);
    }

    public DrainStage(RedisCalls calls, Path logDir, String replica, Pace pace) {
        this(calls, new NioDisk(), logDir, replica, pace, new StreamSet(1), Sync.FILE);
    }

    /** One that reads several streams, whose entries are soon due, and sweeps often. */
    static DrainStage ofStreams(
            RedisCalls calls, Path logDir, String replica, int streams, int workers) {
        Pace pace = new Pace(SOON, Duration.ofSeconds(60), SOON, workers, 100);
        return new DrainStage(
                calls, new NioDisk(), logDir, replica, pace, new StreamSet(streams), Sync.FILE);
    }

    private DrainStage(
            RedisCalls calls,
            Disk disk,
            Path logDir,
            String replica,
            Pace pace,
            StreamSet streams,
            Sync sync) {
        files =
                new DayFiles(
                        disk,
                        logDir,
                        Duration.ofSeconds(1),
                        clock,
                        (path, cause) -> new AssertionError("force failed: " + path, cause),
                        sync,
                        BUFFER_BYTES);
        pending = new PendingStreams(calls, replica, streams);
        Leases leases = new Leases(calls);
        LogVolume volume = new LogVolume(files, LEDGER_LIFE);
        keeper = new VolumeKeeper(volume, leases, state, watchdog, clock, pace.lease()).start();
        claims =
                new Claims(
                        calls,
                        pace.lease(),
                        LEDGER_LIFE,
                        pace.chunkElements(),
                        1_000_000,
                        ELEMENT_BYTES_MAX);
        sweeper =
                new Sweeper(
                                new ListScan(calls, "logs:user_*:*", Duration.ofSeconds(600)),
                                pending,
                                leases,
                                telemetry,
                                watchdog,
                                clock,
                                replica,
                                pace.sweepPeriod())
                        .start();
        drainer =
                new Drainer(
                                new Drainer.Parts(
                                        claims,
                                        pending,
                                        keeper,
                                        volume,
                                        files,
                                        new MemoryBudget(4 << 20),
                                        telemetry,
                                        clock,
                                        (userDay, elements) -> landed.landed(userDay, elements)),
                                watchdog,
                                pace.interval(),
                                pace.lease(),
                                replica,
                                pace.workers())
                        .start();
    }

    Path path(String key) {
        return files.path(UserDay.fromKey(key).orElseThrow());
    }

    /** The lines of a list's file; none when there is no file. */
    List<String> lines(String key) {
        try {
            return Files.exists(path(key)) ? Files.readAllLines(path(key)) : List.of();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    public void awaitAdmission() {
        Await.until("it may drain", () -> keeper.admission() != null);
    }

    /** Nothing is pending and nothing is in hand. */
    void awaitQuiet() {
        Await.until(
                "nothing is pending",
                () -> pending.backlog().keys() == 0 && drainer.keysInHand() == 0);
    }

    /** The lists that it said had expired undrained. */
    public List<String> expired() {
        return telemetry.expired;
    }

    public void stop() throws InterruptedException {
        if (!stopped) {
            stopped = true;
            drainer.stop();
            keeper.stop();
            sweeper.stop();
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
