package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Sends the same events through this pipeline and through others of the same purpose, from the
 * first event sent to the last one in its file; in turns, each round beginning with another one.
 * After each load the files are read: each event must be there, whole and once.
 */
public final class CompareBenchmark {
    private static final int PORT_FIRST = 23_200;
    private static final Duration SEND_LIMIT = Duration.ofMinutes(3);
    private static final long LOOK_NANOS = 5_000_000;
    private static final long SETTLE_NANOS = 500_000_000;

    private final CompareOptions options;
    private final Path work;
    private final Path target;
    private final NumberedLines lines;
    private long nextNumber = NumberedLines.FIRST;

    private CompareBenchmark(CompareOptions options, Path target, Path work) {
        this.options = options;
        this.target = target;
        this.work = work;
        this.lines = NumberedLines.plain(options.users());
    }

    /** Arguments as in {@link CompareOptions}; exit status 1 when anything failed or was wrong. */
    public static void main(String[] arguments) throws IOException {
        // Clients tell at length what they are set to.
        Logger.getLogger("").setLevel(Level.SEVERE);
        CompareOptions options = CompareOptions.parse(List.of(arguments));
        Path target = Path.of("target").toAbsolutePath();
        Path bench = Files.createDirectories(target.resolve("bench"));
        Path work = Files.createTempDirectory(bench, "compare-");
        int status = 1;
        try {
            new CompareBenchmark(options, target, work).run();
            delete(work);
            status = 0;
        } catch (Exception failure) {
            System.out.println("FAILED: " + failure + "; what the processes said is in " + work);
            failure.printStackTrace(System.out);
        }
        // Of a failed start, too, no process is left: each one's hook ends it.
        System.exit(status);
    }

    private void run() throws Exception {
        long beganNanos = System.nanoTime();
        Report report = new Report(System.out);
        report.compareHead(options, lines.length());
        if (options.wants("kafka")) {
            DeliveryLoad load =
                    new DeliveryLoad(
                            "%,d events without HTTP".formatted(options.events()),
                            options.pushers(),
                            options.batch(),
                            options.events(),
                            SEND_LIMIT);
            compare(List.of(load), List.of(this::pushed, this::kafka), report);
        }
        if (options.wants("flume")) {
            compare(
                    List.of(
                            posts("single events by HTTP", 1),
                            posts(
                                    "arrays of %,d by HTTP".formatted(options.batch()),
                                    options.batch())),
                    List.of(
                            () -> posted("log-pipeline, forced", "always", 10),
                            () -> flume("flume, forced", true, 13),
                            () -> posted("log-pipeline", "everysec", 14),
                            () -> flume("flume, not forced", false, 17)),
                    report);
        }
        report.compareEnd(Duration.ofNanos(System.nanoTime() - beganNanos));
    }

    private DeliveryLoad posts(String title, int batch) {
        return new DeliveryLoad(
                title,
                options.connections(),
                batch,
                Long.MAX_VALUE / 2,
                Duration.ofSeconds(options.seconds()));
    }

    private interface Start {
        Delivery start() throws IOException, InterruptedException;
    }

    private Delivery pushed() throws IOException, InterruptedException {
        return own("log-pipeline, pushed", "everysec", 0, false);
    }

    private Delivery posted(String name, String appendfsync, int port)
            throws IOException, InterruptedException {
        return own(name, appendfsync, port, true);
    }

    private Delivery own(String name, String appendfsync, int port, boolean http)
            throws IOException, InterruptedException {
        List<String> command = java(options.java());
        command.addAll(List.of("-jar", target.resolve("log-pipeline.jar").toString()));
        OwnPipeline.Terms terms =
                new OwnPipeline.Terms(
                        name,
                        PORT_FIRST + port,
                        directory(name),
                        appendfsync,
                        options.sync(),
                        http,
                        command);
        return new OwnPipeline(terms, lines);
    }

    private Delivery kafka() throws IOException, InterruptedException {
        return new KafkaPeer(
                PORT_FIRST + 5,
                directory("kafka"),
                options.kafkaTasks(),
                options.producers(),
                peer("kafka", options.kafkaJava()),
                lines);
    }

    private Delivery flume(String name, boolean forced, int port) throws IOException {
        return new FlumePeer(
                name,
                PORT_FIRST + port,
                directory(name),
                forced,
                peer("flume", options.flumeJava()),
                NumberedLines.insideString(options.users()));
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectories(work.resolve(name.replaceAll("[^a-z]+", "-")));
    }

    private static List<String> java(List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        return command;
    }

    /** A JVM that has nothing but the peer's own libraries. */
    private List<String> peer(String name, List<String> jvmOptions) {
        List<String> command = java(jvmOptions);
        command.addAll(List.of("-cp", target.resolve("peers").resolve(name) + "/*"));
        return command;
    }

    private void compare(List<DeliveryLoad> loads, List<Start> starts, Report report)
            throws Exception {
        List<Delivery> running = new ArrayList<>();
        Map<Delivery, LandedLines> landed = new LinkedHashMap<>();
        for (Start each : starts) {
            Delivery delivery = each.start();
            running.add(delivery);
            landed.put(delivery, new LandedLines(delivery.output(), lines));
        }
        Map<DeliveryLoad, Map<Delivery, List<DeliveryRun>>> measured = new LinkedHashMap<>();
        // The first round warms up.
        for (int round = -1; round < options.rounds(); round++) {
            for (DeliveryLoad load : loads) {
                for (Delivery delivery : running) {
                    DeliveryRun run = measure(delivery, load, landed.get(delivery));
                    if (round >= 0) {
                        measured.computeIfAbsent(load, absent -> new LinkedHashMap<>())
                                .computeIfAbsent(delivery, absent -> new ArrayList<>())
                                .add(run);
                    }
                }
            }
            Collections.rotate(running, -1);
        }
        LockSupport.parkNanos(SETTLE_NANOS);
        for (Delivery delivery : running) {
            landed.get(delivery).check(nextNumber, 0);
            delivery.close();
        }
        measured.forEach((load, runs) -> report.deliveries(load.title(), landed.keySet(), runs));
    }

    private DeliveryRun measure(Delivery delivery, DeliveryLoad load, LandedLines landed)
            throws IOException, InterruptedException {
        for (ServerProcess process : delivery.processes()) {
            process.forgetPeak();
        }
        double cpu = cpuSeconds(delivery);
        double loadCpu = ServerProcess.cpuSecondsOf(ProcessHandle.current().pid());
        long first = nextNumber;
        long startNanos = System.nanoTime();
        long events = delivery.senders().send(first, load);
        double acknowledged = (System.nanoTime() - startNanos) / 1e9;
        awaitLanded(delivery, landed, events);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        DeliveryRun run =
                new DeliveryRun(
                        events,
                        acknowledged,
                        seconds,
                        cpuSeconds(delivery) - cpu,
                        ServerProcess.cpuSecondsOf(ProcessHandle.current().pid()) - loadCpu,
                        peakMebibytes(delivery));
        landed.check(first, events);
        nextNumber += events;
        return run;
    }

    private void awaitLanded(Delivery delivery, LandedLines landed, long events)
            throws IOException {
        long deadlineNanos = System.nanoTime() + options.limit().toNanos();
        while (!delivery.mayHaveLanded() || landed.arrived() < events) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException(
                        "%s: %,d of %,d events are in its files after %s"
                                .formatted(
                                        delivery.name(),
                                        landed.arrived(),
                                        events,
                                        options.limit()));
            }
            for (ServerProcess process : delivery.processes()) {
                if (!process.isAlive()) {
                    throw new IOException(process.name() + " has ended");
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static double cpuSeconds(Delivery delivery) throws IOException {
        double sum = 0;
        for (ServerProcess process : delivery.processes()) {
            sum += process.cpuSeconds();
        }
        return sum;
    }

    private static long peakMebibytes(Delivery delivery) throws IOException {
        long sum = 0;
        for (ServerProcess process : delivery.processes()) {
            sum += process.peakMebibytes();
        }
        return sum;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
