package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
    private static final int CHUNK_BYTES = 4 << 20;
    private static final String SEQUENTIAL = "sequential, fsync";
    private static final String LISTS_DRAINED = "log_pipeline_keys_drained";

    private final DrainOptions options;
    private final Path work;
    private final BenchRedis server;
    private final DrainRedis redis;
    private final List<String> wrong = new ArrayList<>();
    private int runs;
    private int nextPort = PORT_FIRST + 1;

    private DrainBenchmark(DrainOptions options, Path work, BenchRedis server, DrainRedis redis) {
        this.options = options;
        this.work = work;
        this.server = server;
        this.redis = redis;
    }

    /**
     * Arguments as in {@link DrainOptions}; exit status 1 when a run left a file other than due.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        DrainOptions options = DrainOptions.parse(List.of(arguments));
        DrainedFiles.requireNone(options.logDir());
        Path work = Files.createDirectories(Path.of("target/bench")).toAbsolutePath();
        boolean fine;
        try (BenchRedis server = new BenchRedis(PORT_FIRST, work);
                DrainRedis redis = new DrainRedis(server.url())) {
            DrainBenchmark benchmark = new DrainBenchmark(options, work, server, redis);
            fine = benchmark.run();
        }
        System.exit(fine ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        Report.drainHead(System.out, server.version(), options);
        for (int keys : options.keys()) {
            Map<String, List<DrainRun>> measured = new LinkedHashMap<>();
            for (String sync : options.sync()) {
                compare(keys, sync, measured);
            }
            print("%,d events in %,d lists".formatted(options.events(), keys), measured);
        }
        if (options.hotKeys() > 0) {
            new HotList(options, redis, this::start, ++runs).measure().ifPresent(wrong::add);
        }
        if (options.slowedKeys() > 0) {
            Map<String, List<DrainRun>> measured = new LinkedHashMap<>();
            for (int count : options.drainers()) {
                scale(count, measured);
            }
            print(
                    "%,d lists, each force %d ms, 4 workers a drainer"
                            .formatted(options.slowedKeys(), options.forceMillis()),
                    measured);
        }
        if (options.backlog() > 0) {
            new Backlog(options, server, redis, this::start).measure(++runs).ifPresent(wrong::add);
        }
        wrong.forEach(line -> System.out.println("WRONG: " + line));
        return wrong.isEmpty();
    }

    private void compare(int keys, String sync, Map<String, List<DrainRun>> measured)
            throws IOException, InterruptedException {
        List<DrainContender> contenders = new ArrayList<>();
        try {
            for (Path jar : options.jars()) {
                String name = jar.getFileName().toString().replace(".jar", "") + ", " + sync;
                List<String> program = List.of("-jar", jar.toString());
                add(contenders, start(name, 1, program, sync, options.workers()));
            }
            add(contenders, peer("bare files, " + sync, "bare-" + sync));
            if (!measured.containsKey(SEQUENTIAL)) {
                add(contenders, peer(SEQUENTIAL, "sequential-fsync"));
                add(contenders, peer("sequential, no fsync", "sequential"));
            }
            List<DrainContender> inTurns = new ArrayList<>(contenders);
            for (DrainContender contender : inTurns) {
                warmUp(contender, keys);
            }
            for (int round = 0; round < options.rounds(); round++) {
                for (DrainContender contender : inTurns) {
                    measured.computeIfAbsent(contender.name(), absent -> new ArrayList<>())
                            .add(measureAlone(contender, keys));
                }
                Collections.rotate(inTurns, -1);
            }
        } finally {
            for (DrainContender contender : contenders) {
                contender.close();
            }
        }
    }

    /** Each is measured alone. */
    private static void add(List<DrainContender> contenders, DrainContender started)
            throws IOException, InterruptedException {
        contenders.add(started);
        started.rest();
    }

    private PeerProcess peer(String name, String algorithm) throws IOException {
        int port = nextPort++;
        List<String> command =
                List.of(
                        java(),
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DrainPeer.class.getName(),
                        String.valueOf(port),
                        server.url(),
                        options.logDir().toString(),
                        String.valueOf(options.workers()),
                        String.valueOf(CHUNK_BYTES),
                        algorithm);
        return PeerProcess.start(name, port, command, work);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private void scale(int count, Map<String, List<DrainRun>> measured)
            throws IOException, InterruptedException {
        String classPath = "target/classes:target/test-classes:target/lib/*";
        List<String> command =
                List.of(
                        "-Dlogpipeline.bench.force_ms=" + options.forceMillis(),
                        "-cp",
                        classPath,
                        "io.logpipeline.SlowedMain");
        String name = count + (count == 1 ? " drainer" : " drainers");
        try (DrainerProcesses drainers = start(name, count, command, "file", 4)) {
            // What a JVM costs at first is not what is compared.
            measure(drainers, options.slowedKeys(), options.slowedKeys());
            for (int round = 0; round < options.rounds(); round++) {
                List<Double> before = drainers.metricOfEach(LISTS_DRAINED);
                measured.computeIfAbsent(name, absent -> new ArrayList<>())
                        .add(measure(drainers, options.slowedKeys(), options.slowedKeys()));
                List<Double> after = drainers.metricOfEach(LISTS_DRAINED);
                StringBuilder shares = new StringBuilder();
                for (int i = 0; i < count; i++) {
                    shares.append(" %,.0f".formatted(after.get(i) - before.get(i)));
                }
                System.out.println(name + ": lists of each" + shares);
            }
        }
    }

    private DrainerProcesses start(
            String name, int count, List<String> program, String sync, int workers)
            throws IOException {
        return start(
                name,
                count,
                program,
                Map.of("DRAINER_WORKERS", String.valueOf(workers), "DRAINER_SYNC", sync));
    }

    private DrainerProcesses start(String name, Map<String, String> settings) throws IOException {
        return start(name, 1, List.of("-jar", options.jars().getFirst().toString()), settings);
    }

    private DrainerProcesses start(
            String name, int count, List<String> program, Map<String, String> more)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(options.javaOptions());
        command.addAll(program);
        int port = nextPort;
        nextPort += count;
        Map<String, String> settings = new HashMap<>(more);
        settings.put("REDIS_URL", server.url());
        settings.put("DRAINER_LOG_DIR", options.logDir().toString());
        return DrainerProcesses.start(name, count, port, command, settings, redis, work);
    }

    /** A run may take less than a second, and a JVM compiles for longer than that. */
    private void warmUp(DrainContender contender, int keys)
            throws IOException, InterruptedException {
        double seconds = 0;
        while (seconds < options.warmUpSeconds()) {
            seconds += measureAlone(contender, keys).seconds();
        }
    }

    private DrainRun measureAlone(DrainContender contender, int keys)
            throws IOException, InterruptedException {
        DrainRun run = measure(contender, keys, options.events());
        contender.rest();
        return run;
    }

    private DrainRun measure(DrainContender contender, int keys, int events)
            throws IOException, InterruptedException {
        DrainLoad load = new DrainLoad(++runs, keys, events);
        Files.createDirectories(options.logDir());
        redis.fill(load);
        contender.prepare(load);
        contender.begin();
        double cpu = contender.cpuSeconds();
        double redisCpu = server.cpuSeconds();
        long startNanos = System.nanoTime();
        long landed = contender.drain(load, Duration.ofSeconds(options.limitSeconds()));
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        DrainRun run =
                new DrainRun(
                        landed,
                        seconds,
                        contender.cpuSeconds() - cpu,
                        server.cpuSeconds() - redisCpu,
                        contender.peakMebibytes());
        int left = redis.clear();
        long lines = DrainedFiles.countAndDelete(options.logDir());
        if (lines != landed
                || (landed == events && left > 0 && !contender.name().startsWith("bare"))) {
            wrong.add(
                    "%s, %,d lists: %,d events landed, %,d lines, %d keys left"
                            .formatted(contender.name(), keys, landed, lines, left));
        }
        return run;
    }

    private static void print(String title, Map<String, List<DrainRun>> measured) {
        System.out.printf("%n### %s%n%n", title);
        System.out.println(
                "| contender | events/s | ratio | lowest to highest | CPU s per 100k | of Redis"
                        + " | peak MiB |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|");
        double first =
                Measurement.median(measured.values().iterator().next(), DrainRun::eventsPerSecond);
        measured.forEach((name, runs) -> {
            double rate = Measurement.median(runs, DrainRun::eventsPerSecond);
            System.out.printf(
                    "| %s | %,.0f | %.2f | %,.0f to %,.0f | %.2f | %.2f | %d |%n",
                    name,
                    rate,
                    first / rate,
                    runs.stream().mapToDouble(DrainRun::eventsPerSecond).min().orElse(0),
                    runs.stream().mapToDouble(DrainRun::eventsPerSecond).max().orElse(0),
                    Measurement.median(runs, DrainRun::cpuPer100k),
                    Measurement.median(runs, DrainRun::redisCpuPer100k),
                    (long) Measurement.median(runs, DrainRun::peakMebibytes));
        });
    }
}
