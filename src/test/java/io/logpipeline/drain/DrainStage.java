package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** One replica's drain side, wired as the pipeline wires it, with short times. */
final class DrainStage implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofMillis(100);
    static final int CHUNK_ELEMENTS = 3000;

    private static final Duration LEDGER_LIFE = Duration.ofHours(1);

    final RecordedTelemetry telemetry = new RecordedTelemetry();
    final PipelineState state = new PipelineState("drainer", "test");
    final MonotonicClock clock = MonotonicClock.system();
    final Watchdog watchdog = new Watchdog(clock::nanoTime);
    final PendingStream pending;
    final Claims claims;
    final VolumeKeeper keeper;
    volatile Drainer.Landed landed = (userDay, elements) -> {};
    final Drainer drainer;
    final Sweeper sweeper;
    private final DayFiles files;
    private boolean stopped;

    DrainStage(RedisCalls calls, Path logDir, String replica, Duration lease, int workers) {
        files =
                new DayFiles(
                        new NioDisk(),
                        logDir,
                        Duration.ofSeconds(1),
                        clock,
                        (path, cause) -> new AssertionError("force failed: " + path, cause));
        pending = new PendingStream(calls, replica);
        Leases leases = new Leases(calls);
        LogVolume volume = new LogVolume(files, LEDGER_LIFE, Clock.systemUTC());
        keeper = new VolumeKeeper(volume, leases, state, watchdog, lease).start();
        claims = new Claims(calls, lease, LEDGER_LIFE, CHUNK_ELEMENTS, 1_000_000);
        sweeper =
                new Sweeper(
                                new ListScan(calls, "logs:user_*:*", Duration.ofSeconds(600)),
                                pending,
                                leases,
                                telemetry,
                                watchdog,
                                clock,
                                replica,
                                Duration.ofMillis(400))
                        .start();
        drainer =
                new Drainer(
                                new Drainer.Parts(
                                        claims,
                                        pending,
                                        keeper,
                                        volume,
                                        files,
                                        telemetry,
                                        clock,
                                        (userDay, elements) -> landed.landed(userDay, elements)),
                                watchdog,
                                INTERVAL,
                                lease,
                                replica,
                                workers)
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

    void awaitAdmission() {
        Await.until("it may drain", () -> keeper.admission() != null);
    }

    /** Nothing is pending and nothing is in hand. */
    void awaitQuiet() {
        Await.until(
                "nothing is pending",
                () -> pending.backlog().keys() == 0 && drainer.keysInHand() == 0);
    }

    void stop() throws InterruptedException {
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
