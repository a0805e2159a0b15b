package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Drives this pipeline's server and others of the same purpose with the same load, in turns.
 *
 * <p>All servers run all the time, for their code to stay compiled, but only one has work: round by
 * round each one is measured, the next round begins with another one. Redis is emptied before each
 * run, and counted after it: what was acknowledged must be there, once. All store into one Redis,
 * but for the levels of durability, which need one each.
 */
public final class IngestBenchmark {
    private static final int PORT_FIRST = 23_000;
    private static final int DURABLE_PORT_FIRST = 23_050;
    private static final int WARM_UP_SHARE = 5;
    private static final long SETTLE_NANOS = 100_000_000;

    private final long beganNanos = System.nanoTime();
    private final Options options;
    private final Path sources;
    private final Path work;
    private final BenchRedis redis;
    private final List<BenchRedis> durable = new ArrayList<>();
    private final Map<Contender, ServerProcess> servers = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();

    private IngestBenchmark(Options options, Path sources, Path work, BenchRedis redis) {
        this.options = options;
        this.sources = sources;
        this.work = work;
        this.redis = redis;
    }

    /** Arguments as in {@link Options}; exit status 1 when an acknowledged event was not there. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Options options = Options.parse(List.of(arguments));
        Path sources = Path.of("src/bench").toAbsolutePath();
        Path work = Files.createDirectories(Path.of("target/bench")).toAbsolutePath();
        boolean fine;
        try (BenchRedis redis = new BenchRedis(options.redis(), PORT_FIRST, work, List.of(), 0)) {
            IngestBenchmark benchmark = new IngestBenchmark(options, sources, work, redis);
            try {
                fine = benchmark.run();
            } finally {
                benchmark.servers.values().forEach(ServerProcess::close);
                benchmark.durable.forEach(BenchRedis::close);
            }
        }
        System.exit(fine ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        Report report = new Report(System.out);
        report.head(options, redis.version());
        for (Contender contender : contenders()) {
            if (options.wants(contender.name())) {
                servers.put(contender, contender.start(work));
                report.contender(contender);
            }
        }
        warmUp();
        Map<Load, Map<Contender, List<Measurement>>> measured = new LinkedHashMap<>();
        int rounds = 0;
        Duration longest = Duration.ZERO;
        while (rounds == 0 || took().plus(longest).compareTo(options.time()) <= 0) {
            Duration before = took();
            round(rounds++, measured);
            Duration round = took().minus(before);
            longest = round.compareTo(longest) > 0 ? round : longest;
        }
        measured.forEach(report::load);
        report.end(rounds, took(), wrong);
        return wrong.isEmpty();
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    private List<Contender> contenders() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path target = Path.of("target").toAbsolutePath();
        String classPath =
                target + "/classes:" + target + "/test-classes:" + target + "/bench-lib/*";
        List<String> jvm = options.javaOptions();
        Path jar = target.resolve("log-pipeline.jar");
        int port = PORT_FIRST;
        List<Contender> all = new ArrayList<>();
        all.add(Contender.logPipeline(Contender.OURS, ++port, java, jar, jvm, redis));
        for (Map.Entry<String, Path> other : options.also().entrySet()) {
            all.add(
                    Contender.logPipeline(
                            other.getKey(), ++port, java, other.getValue(), jvm, redis));
        }
        for (String level : options.durability()) {
            String name = Contender.OURS + ", " + level;
            BenchRedis own = redisFor(level);
            durable.add(own);
            String setting = level.startsWith("aof") ? "aof" : level;
            all.add(Contender.logPipeline(name, ++port, java, jar, jvm, own, setting));
        }
        all.add(Contender.withoutRedis(++port, java, classPath, jvm, redis));
        String nativeFirst = target + "/bench-native/*:" + classPath;
        all.add(Contender.vertx(++port, java, nativeFirst, jvm, redis));
        all.add(Contender.nginx(++port, sources, work, redis));
        all.add(Contender.webdis(++port, work, redis));
        return all;
    }

    /**
     * @param level {@code aof-always} and {@code aof-everysec} name the file's policy, {@code
     *     replicas:N} starts so many
     */
    private BenchRedis redisFor(String level) throws IOException {
        List<String> more =
                level.startsWith("aof-")
                        ? List.of("--appendonly", "yes", "--appendfsync", level.substring(4))
                        : List.of();
        int replicas = level.startsWith("replicas:") ? Integer.parseInt(level.substring(9)) : 0;
        int port = DURABLE_PORT_FIRST + 10 * durable.size();
        return new BenchRedis(options.redis(), port, work, more, replicas);
    }

    /** A fifth of the time, in equal shares for each kind of load on each server. */
    private void warmUp() throws IOException, InterruptedException {
        List<Run> runs = new ArrayList<>();
        for (int eventsPerRequest : options.events()) {
            Load load = new Load(eventsPerRequest, 64, 1_000);
            runs.addAll(inTurns(load, 0));
        }
        Duration share = options.time().dividedBy((long) WARM_UP_SHARE * runs.size());
        for (Run run : runs) {
            measure(run.contender(), run.load(), (int) Math.max(1, share.toSeconds()));
        }
    }

    private record Run(Load load, Contender contender) {}

    /** Each load on each server once; the next round has them in another order. */
    private void round(int number, Map<Load, Map<Contender, List<Measurement>>> measured)
            throws IOException, InterruptedException {
        for (Load load : options.loads()) {
            for (Run run : inTurns(load, number)) {
                measured.computeIfAbsent(load, absent -> new LinkedHashMap<>())
                        .computeIfAbsent(run.contender(), absent -> new ArrayList<>())
                        .add(measure(run.contender(), load, options.seconds()));
            }
        }
    }

    private List<Run> inTurns(Load load, int first) {
        List<Run> runs =
                new ArrayList<>(
                        servers.keySet().stream()
                                .filter(contender -> contender.takes(load))
                                .map(contender -> new Run(load, contender))
                                .toList());
        Collections.rotate(runs, -first);
        return runs;
    }

    private Measurement measure(Contender contender, Load load, int seconds)
            throws IOException, InterruptedException {
        BenchRedis store = contender.redis();
        store.empty();
        ServerProcess server = servers.get(contender);
        double serverCpu = server.cpuSeconds();
        double redisCpu = store.cpuSeconds();
        double loadCpu = ServerProcess.endedChildrenCpuSeconds();
        Wrk.Result result =
                Wrk.run(
                        sources.resolve("wrk/events.lua"),
                        contender.port(),
                        load,
                        seconds,
                        contender.loadArguments());
        serverCpu = server.cpuSeconds() - serverCpu;
        redisCpu = store.cpuSeconds() - redisCpu;
        loadCpu = ServerProcess.endedChildrenCpuSeconds() - loadCpu;
        long acknowledged = (result.answered() - result.refused()) * load.eventsPerRequest();
        if (contender.stores()) {
            count(contender, load, acknowledged, result.refused() + result.broken());
        }
        return new Measurement(
                acknowledged,
                result.seconds(),
                result.latencyMicros(),
                serverCpu,
                redisCpu,
                loadCpu,
                result.refused() + result.broken());
    }

    /**
     * The lists against the acknowledgements. Requests in flight at the end and those that failed
     * may be stored or not.
     */
    private void count(Contender contender, Load load, long acknowledged, long failed) {
        long stored = -1;
        for (long now; (now = contender.redis().storedEvents()) != stored; stored = now) {
            LockSupport.parkNanos(SETTLE_NANOS);
        }
        long uncertain = load.eventsInFlightMax() + failed * load.eventsPerRequest();
        if (stored < acknowledged || stored > acknowledged + uncertain) {
            wrong.add(
                    "%s, %s: %,d acknowledged, %,d stored"
                            .formatted(contender.name(), load, acknowledged, stored));
        }
    }
}
