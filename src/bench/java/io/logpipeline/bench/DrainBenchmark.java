package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Drains the same lists with this pipeline's drainer, with the sequential algorithm and, as the
 * floor, writes the same files without Redis; in turns, each round beginning with another one. The
 * files are counted after each run.
 */
public final class DrainBenchmark {
    private static final int PORT_FIRST = 23_100;

    /** The sequential algorithm reads a list as a whole. */
    private static final int EVENTS_OF_A_LONG_LIST = 100_000;

    private final DrainOptions options;
    private final DrainRuns runs;

    private DrainBenchmark(DrainOptions options, DrainRuns runs) {
        this.options = options;
        this.runs = runs;
    }

    /**
     * Arguments as in {@link DrainOptions}; exit status 1 when a run left a file other than due.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        DrainOptions options = DrainOptions.parse(List.of(arguments));
        DrainedFiles.requireNone(options.logDir());
        Path work = Files.createDirectories(Path.of("target/bench")).toAbsolutePath();
        DrainRuns runs;
        try (BenchRedis server = new BenchRedis(PORT_FIRST, work);
                DrainRedis redis = new DrainRedis(server.url())) {
            Report.drainHead(System.out, server.version(), options);
            runs = new DrainRuns(options, work, server, redis);
            new DrainBenchmark(options, runs).run();
        }
        runs.wrong().forEach(line -> System.out.println("WRONG: " + line));
        System.exit(runs.wrong().isEmpty() ? 0 : 1);
    }

    private void run() throws IOException, InterruptedException {
        for (int keys : options.keys()) {
            for (String sync : options.sync()) {
                compare(keys, sync);
            }
        }
        if (options.hotKeys() > 0) {
            new HotList(runs).measure();
        }
        if (options.slowedKeys() > 0) {
            new Scaling(runs).measure();
        }
        if (options.backlog() > 0) {
            new Backlog(runs).measure();
        }
    }

    private void compare(int keys, String sync) throws IOException, InterruptedException {
        int workers = options.workers(sync);
        String heap = options.events() / keys > EVENTS_OF_A_LONG_LIST ? "1g" : "256m";
        Map<DrainContender, List<DrainRun>> measured = new LinkedHashMap<>();
        try {
            for (Path jar : options.jars()) {
                String name = jar.getFileName().toString().replace(".jar", "");
                add(
                        measured,
                        runs.start(
                                name,
                                1,
                                List.of("-jar", jar.toString()),
                                Map.of(
                                        "DRAINER_WORKERS",
                                        String.valueOf(workers),
                                        "DRAINER_SYNC",
                                        sync)));
            }
            add(measured, runs.peer("bare files", "bare-" + sync, workers, heap));
            add(measured, runs.peer("sequential, fsync", "sequential-fsync", 1, heap));
            add(measured, runs.peer("sequential, no fsync", "sequential", 1, heap));
            List<DrainContender> inTurns = new ArrayList<>(measured.keySet());
            for (DrainContender contender : inTurns) {
                runs.warmUp(contender, keys);
            }
            for (int round = 0; round < options.rounds(); round++) {
                for (DrainContender contender : inTurns) {
                    measured.get(contender)
                            .add(runs.measureAlone(contender, keys, options.events()));
                }
                Collections.rotate(inTurns, -1);
            }
            print(
                    "%,d events in %,d lists, drainer.sync %s, %d workers; peers -Xmx%s"
                            .formatted(options.events(), keys, sync, workers, heap),
                    measured);
        } finally {
            for (DrainContender contender : measured.keySet()) {
                contender.close();
            }
        }
    }

    /** Each is measured alone. */
    private static void add(Map<DrainContender, List<DrainRun>> measured, DrainContender started)
            throws IOException, InterruptedException {
        measured.put(started, new ArrayList<>());
        started.rest();
    }

    private static void print(String title, Map<DrainContender, List<DrainRun>> measured) {
        System.out.printf("%n### %s%n%n", title);
        System.out.println(
                "| contender | events/s | ratio | lowest to highest | CPU s per 100k | of Redis"
                        + " | peak MiB |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|");
        double ours =
                Measurement.median(measured.values().iterator().next(), DrainRun::eventsPerSecond);
        measured.forEach((contender, runs) -> {
            double rate = Measurement.median(runs, DrainRun::eventsPerSecond);
            System.out.printf(
                    "| %s | %,.0f | %.2f | %,.0f to %,.0f | %.2f | %.2f | %d |%n",
                    contender.name(),
                    rate,
                    ours / rate,
                    runs.stream().mapToDouble(DrainRun::eventsPerSecond).min().orElse(0),
                    runs.stream().mapToDouble(DrainRun::eventsPerSecond).max().orElse(0),
                    Measurement.median(runs, DrainRun::cpuPer100k),
                    Measurement.median(runs, DrainRun::redisCpuPer100k),
                    (long) Measurement.median(runs, DrainRun::peakMebibytes));
        });
    }
}
