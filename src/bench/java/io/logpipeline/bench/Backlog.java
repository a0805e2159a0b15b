package io.logpipeline.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Many lists that wait at once: what a sweep over all of them takes of a drainer and of Redis, and
 * how fast they are drained while most of them still wait.
 */
final class Backlog {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int LOOKS_ALIKE = 6;
    private static final Duration SWEEP_MAX = Duration.ofMinutes(10);

    /** Nothing is due while it sweeps. */
    private static final Map<String, String> SWEEPS_ONLY =
            Map.of("DRAINER_INTERVAL_SECONDS", "300");

    private final DrainRuns runs;
    private final DrainOptions options;
    private final DrainRedis redis;

    Backlog(DrainRuns runs) {
        this.runs = runs;
        this.options = runs.options();
        this.redis = runs.redis();
    }

    /** Prints what it measured. */
    void measure() throws IOException {
        DrainLoad load = runs.load(options.backlog(), options.backlog());
        redis.fillUndue(load);
        redis.fire();
        System.out.printf(
                "%n### %,d lists of one event wait, %d MiB in Redis%n%n",
                options.backlog(), redis.usedMebibytes());
        try (DrainerProcesses drainer = runs.start("sweeping", SWEEPS_ONLY)) {
            sweep(drainer);
        }
        try (DrainerProcesses drainer =
                runs.start("draining", Map.of("DRAINER_INTERVAL_SECONDS", "1"))) {
            drainForAWhile(drainer);
        }
        int left = redis.clear();
        long lines = DrainedFiles.countAndDelete(options.logDir());
        if (lines + left != options.backlog()) {
            runs.wrong()
                    .add(
                            "%,d lists wait: %,d lines, %,d left"
                                    .formatted(options.backlog(), lines, left));
        }
    }

    private void sweep(DrainerProcesses drainer) throws IOException {
        double redisCpu = runs.redisCpuSeconds();
        double cpu = drainer.cpuSeconds();
        long endNanos = System.nanoTime() + SWEEP_MAX.toNanos();
        double seconds = 0;
        // The gauge grows while the first sweep goes on, and then says what it took.
        for (int alike = 0; alike < LOOKS_ALIKE; ) {
            LockSupport.parkNanos(LOOK.toNanos());
            double now = drainer.metricOfEach("log_pipeline_sweep_seconds").getFirst();
            alike = now > 0 && now == seconds ? alike + 1 : 0;
            seconds = now;
            if (System.nanoTime() > endNanos) {
                throw new IOException("no end of a sweep after " + SWEEP_MAX);
            }
        }
        System.out.printf(
                "a sweep: %.1f s; CPU seconds since the start: %.1f of the drainer, %.1f of Redis;"
                        + " peak %d MiB resident%n",
                seconds,
                drainer.cpuSeconds() - cpu,
                runs.redisCpuSeconds() - redisCpu,
                drainer.peakMebibytes());
    }

    private void drainForAWhile(DrainerProcesses drainer) throws IOException {
        long before = redis.pendingKeys();
        double redisCpu = runs.redisCpuSeconds();
        double cpu = drainer.cpuSeconds();
        long startNanos = System.nanoTime();
        LockSupport.parkNanos(Duration.ofSeconds(options.limitSeconds()).toNanos());
        long drained = before - redis.pendingKeys();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        System.out.printf(
                "the first %.0f s of draining, the JVM's start among them, and of sweeping beside"
                        + " it: %,.0f lists/s; CPU seconds: %.1f of the drainer, %.1f of Redis;"
                        + " peak %d MiB resident%n",
                seconds,
                drained / seconds,
                drainer.cpuSeconds() - cpu,
                runs.redisCpuSeconds() - redisCpu,
                drainer.peakMebibytes());
    }
}
