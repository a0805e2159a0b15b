package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** One user with half of all events: how long the lists of the others wait beside his. */
final class HotList {
    private static final long LOOK_NANOS = 1_000_000;

    /**
     * @param othersSeconds until all lists but the long one were drained
     * @param allSeconds until all were
     */
    private record Run(double othersSeconds, double allSeconds) {}

    private final DrainOptions options;
    private final DrainRedis redis;
    private final DrainerProcesses.Starter starter;
    private int lastRun;

    /**
     * @param lastRun the number of the last run before
     */
    HotList(DrainOptions options, DrainRedis redis, DrainerProcesses.Starter starter, int lastRun) {
        this.options = options;
        this.redis = redis;
        this.starter = starter;
        this.lastRun = lastRun;
    }

    /** Prints what it measured; tells what is wrong with the files that it left. */
    Optional<String> measure() throws IOException, InterruptedException {
        int half = options.events() / 2;
        List<Run> alone = new ArrayList<>();
        List<Run> beside = new ArrayList<>();
        try (DrainerProcesses drainer =
                starter.start(
                        "hot", Map.of("DRAINER_WORKERS", String.valueOf(options.workers())))) {
            long endNanos = System.nanoTime() + options.warmUpSeconds() * 1_000_000_000L;
            while (System.nanoTime() - endNanos < 0) {
                run(drainer, half, true);
            }
            for (int round = 0; round < options.rounds(); round++) {
                alone.add(run(drainer, half, false));
                beside.add(run(drainer, half, true));
            }
        } catch (WrongFiles wrong) {
            return Optional.of(wrong.getMessage());
        }
        System.out.printf(
                "%n### %,d events in %,d lists, alone, and with as many in one list before them%n%n"
                        + "The lists are drained in %.3f s alone, in %.3f s beside the long one,"
                        + " which is done after %.3f s (medians of %d rounds in turns)%n",
                half,
                options.hotKeys(),
                Measurement.median(alone, Run::allSeconds),
                Measurement.median(beside, Run::othersSeconds),
                Measurement.median(beside, Run::allSeconds),
                options.rounds());
        return Optional.empty();
    }

    private static final class WrongFiles extends IOException {
        private static final long serialVersionUID = 1;

        WrongFiles(String message) {
            super(message);
        }
    }

    private Run run(DrainerProcesses drainer, int half, boolean withLongOne)
            throws IOException, InterruptedException {
        List<DrainLoad> loads = new ArrayList<>();
        if (withLongOne) {
            loads.add(new DrainLoad(++lastRun, 1, half));
        }
        loads.add(new DrainLoad(++lastRun, options.hotKeys(), half));
        Files.createDirectories(options.logDir());
        redis.fill(loads);
        drainer.prepare(loads.getFirst());
        String longOne = withLongOne ? loads.getFirst().redisKey(0) : "";
        drainer.begin();
        long startNanos = System.nanoTime();
        double othersSeconds = 0;
        for (long left = 1; left > 0; LockSupport.parkNanos(LOOK_NANOS)) {
            left = redis.pendingKeys();
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            if (othersSeconds == 0 && (left == 0 || redis.isOnlyPending(longOne))) {
                othersSeconds = seconds;
            }
            if (left == 0) {
                redis.clear();
                long lines = DrainedFiles.countAndDelete(options.logDir());
                if (lines != (long) half * loads.size()) {
                    throw new WrongFiles("one long list: %,d lines".formatted(lines));
                }
                return new Run(othersSeconds, seconds);
            }
        }
        throw new AssertionError();
    }
}
