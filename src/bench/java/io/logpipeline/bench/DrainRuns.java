package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts what drains, has it drain loads, and judges what each run leaves. */
final class DrainRuns {
    private static final int CHUNK_BYTES = 4 << 20;
    private static final int MADE_TOGETHER = 16;

    /** A short run is preceded by a long while of filling lists. */
    private static final int WARM_UP_RUNS_MAX = 40;

    private final DrainOptions options;
    private final Path work;
    private final BenchRedis server;
    private final DrainRedis redis;
    private final List<String> wrong = new ArrayList<>();
    private int lastRun;
    private int nextPort;

    /**
     * @param work where logs of the processes go
     */
    DrainRuns(DrainOptions options, Path work, BenchRedis server, DrainRedis redis) {
        this.options = options;
        this.work = work;
        this.server = server;
        this.redis = redis;
        this.nextPort = server.port() + 1;
    }

    DrainOptions options() {
        return options;
    }

    DrainRedis redis() {
        return redis;
    }

    /** User and system time of Redis so far. */
    double redisCpuSeconds() throws IOException {
        return server.cpuSeconds();
    }

    /** What was found wrong in the files and lists of all runs. */
    List<String> wrong() {
        return wrong;
    }

    /** The next load, of users that no other has. */
    DrainLoad load(int keys, int events) throws IOException {
        Files.createDirectories(options.logDir());
        return new DrainLoad(++lastRun, keys, events);
    }

    /**
     * Starts drainers of ours.
     *
     * @param program the rest of the JVM's command line
     * @param more settings, by their environment variables
     */
    DrainerProcesses start(String name, int count, List<String> program, Map<String, String> more)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(options.javaOptions());
        command.addAll(program);
        Map<String, String> settings = new HashMap<>(more);
        settings.put("REDIS_URL", server.url());
        settings.put("DRAINER_LOG_DIR", options.logDir().toString());
        return DrainerProcesses.start(name, count, ports(count), command, settings, redis, work);
    }

    /** One drainer, of the first jar. */
    DrainerProcesses start(String name, Map<String, String> settings) throws IOException {
        return start(name, 1, List.of("-jar", options.jars().getFirst().toString()), settings);
    }

    /**
     * Starts a peer.
     *
     * @param algorithm as {@link DrainPeer} calls it
     * @param heap its JVM's {@code -Xmx}
     */
    PeerProcess peer(String name, String algorithm, int workers, String heap) throws IOException {
        int port = ports(1);
        List<String> command =
                List.of(
                        java(),
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DrainPeer.class.getName(),
                        String.valueOf(port),
                        server.url(),
                        options.logDir().toString(),
                        String.valueOf(workers),
                        String.valueOf(CHUNK_BYTES),
                        String.valueOf(MADE_TOGETHER),
                        algorithm);
        return PeerProcess.start(name, port, command, !algorithm.startsWith(DrainPeer.BARE), work);
    }

    private int ports(int count) {
        int first = nextPort;
        nextPort += count;
        return first;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A run may take less than a second, and a JVM compiles for longer than that. */
    void warmUp(DrainContender contender, int keys) throws IOException, InterruptedException {
        double seconds = 0;
        for (int run = 0; run < WARM_UP_RUNS_MAX && seconds < options.warmUpSeconds(); run++) {
            seconds += measureAlone(contender, keys, options.events()).seconds();
        }
    }

    /** One run, after which it rests, so that others can be measured. */
    DrainRun measureAlone(DrainContender contender, int keys, int events)
            throws IOException, InterruptedException {
        DrainRun run = measure(contender, keys, events);
        contender.rest();
        return run;
    }

    /** One run. */
    DrainRun measure(DrainContender contender, int keys, int events)
            throws IOException, InterruptedException {
        DrainLoad load = load(keys, events);
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
        if (lines != landed || (landed == events && left > 0 && contender.empties())) {
            wrong.add(
                    "%s, %,d lists: %,d events landed, %,d lines, %d keys left"
                            .formatted(contender.name(), keys, landed, lines, left));
        }
        return run;
    }
}
