package io.logpipeline.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** One user with half of all events: how long the lists of the others wait beside his. */
final class HotList {
    private static final long LOOK_NANOS = 1_000_000;

    /**
     * @param othersSeconds until all lists but the long one were drained
     * @param allSeconds until all were
     */
    private record Run(double othersSeconds, double allSeconds) {}

    private final DrainRuns runs;
    private final DrainOptions options;
    private final DrainRedis redis;

    HotList(DrainRuns runs) {
        this.runs = runs;
        this.options = runs.options();
        this.redis = runs.redis();
    }

    /** Prints what it measured. */
    void measure() throws IOException, InterruptedException {
        for (String sync : options.sync()) {
            Map<String, String> settings =
                    Map.of(
                            "DRAINER_WORKERS",
                            String.valueOf(options.workers(sync)),
                            "DRAINER_SYNC",
                            sync);
            try (DrainerProcesses drainer = runs.start("hot, " + sync, settings)) {
                measure(sync, drainer);
            }
        }
    }

    private void measure(String sync, DrainerProcesses drainer)
            throws IOException, InterruptedException {
        int half = options.events() / 2;
        List<Run> alone = new ArrayList<>();
        List<Run> beside = new ArrayList<>();
        for (double warm = 0; warm < options.warmUpSeconds(); ) {
            warm += run(drainer, half, true).allSeconds();
        }
        for (int round = 0; round < options.rounds(); round++) {
            alone.add(run(drainer, half, false));
            beside.add(run(drainer, half, true));
        }
        System.out.printf(
                "%n### %,d events in %,d lists, alone, and behind as many in one list;"
                        + " drainer.sync %s%n%n"
                        + "The lists are drained in %.3f s alone, in %.3f s beside the long one,"
                        + " which is done after %.3f s (medians of %d rounds in turns)%n",
                half,
                options.hotKeys(),
                sync,
                Measurement.median(alone, Run::allSeconds),
                Measurement.median(beside, Run::othersSeconds),
                Measurement.median(beside, Run::allSeconds),
                options.rounds());
    }

    private Run run(DrainerProcesses drainer, int half, boolean withLongOne)
            throws IOException, InterruptedException {
        List<DrainLoad> loads = new ArrayList<>();
        if (withLongOne) {
            loads.add(runs.load(1, half));
        }
        loads.add(runs.load(options.hotKeys(), half));
        redis.fill(loads);
        drainer.prepare(loads.getFirst());
        drainer.begin();
        Run run = awaitDrained(withLongOne ? loads.getFirst().redisKey(0) : "");
        int left = redis.clear();
        long lines = DrainedFiles.countAndDelete(options.logDir());
        if (lines != (long) half * loads.size() || left > 0) {
            runs.wrong().add("hot list: %,d lines, %d keys left".formatted(lines, left));
        }
        return run;
    }

    private Run awaitDrained(String longOne) {
        long startNanos = System.nanoTime();
        double othersSeconds = 0;
        while (true) {
            boolean all = redis.pendingKeys() == 0;
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            if (othersSeconds == 0 && (all || redis.isOnlyPending(longOne))) {
                othersSeconds = seconds;
            }
            if (all) {
                return new Run(othersSeconds, seconds);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
