package io.logpipeline.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Prints what was measured: medians, and ratios of medians to ours. */
final class Report {
    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void head(Options options, String redisVersion) throws IOException {
        out.printf(
                "%s, %d cores for load, server and Redis together; Linux %s; load average %s%n",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                loadAverage());
        out.printf(
                "Java %s %s; Redis %s, in memory only; %s; %s%n",
                System.getProperty("java.vm.version"),
                String.join(" ", options.javaOptions()),
                redisVersion,
                firstLine("nginx", "-v"),
                packages("wrk", "libnginx-mod-http-lua", "lua-nginx-redis", "webdis"));
        out.printf(
                "%d s of each load on each server in a round, in turns; medians of the rounds."
                        + " Ratio: events/s of log-pipeline by those of the line.%n",
                options.seconds());
    }

    static void drainHead(PrintStream out, String redisVersion, DrainOptions options)
            throws IOException {
        out.printf(
                "%s, %d cores for all; Linux %s; files on %s; load average %s; Java %s %s; Redis"
                        + " %s, in memory only; %s%nMedians of the rounds, in turns. Ratio:"
                        + " events/s of the first line by those of the line.%n",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                fileSystem(options.logDir()),
                loadAverage(),
                System.getProperty("java.vm.version"),
                String.join(" ", options.javaOptions()),
                redisVersion,
                options);
    }

    /** Of an ext4, what a force costs depends on whether it has a journal. */
    private static String fileSystem(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        Path device = Path.of(store.name());
        Path journals = Path.of("/proc/fs/jbd2");
        if (!store.type().startsWith("ext") || !Files.exists(device)) {
            return store.type();
        }
        // A mapped device's name is a link to the one that its journal is named by.
        String journal = device.toRealPath().getFileName() + "-";
        boolean has = false;
        if (Files.isDirectory(journals)) {
            try (Stream<Path> each = Files.list(journals)) {
                has = each.anyMatch(one -> one.getFileName().toString().startsWith(journal));
            }
        }
        return store.type() + (has ? " with a journal" : " without a journal");
    }

    void compareHead(CompareOptions options, int lineBytes) throws IOException {
        out.printf(
                "%s, %d cores for all; Linux %s; load average %s; Java %s for all%n%s%n",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                loadAverage(),
                System.getProperty("java.vm.version"),
                options);
        out.printf(
                "Lines of %d bytes and a line break. Medians of the rounds, in turns, after one"
                        + " that warms up. Landed: from the first event sent until the last is in"
                        + " its file. Ratio: events/s of log-pipeline, above, by those of the"
                        + " line.%n",
                lineBytes);
    }

    /** Of one load; each peer beside the last of ours before it. */
    void deliveries(
            String title, Set<Delivery> contenders, Map<Delivery, List<DeliveryRun>> measured) {
        out.printf("%n### %s%n%n", title);
        out.println(
                "| contender | acknowledged: events/s | ratio | landed: events/s | ratio | lowest"
                        + " to highest | events a run | CPU s per 100k | with load | peak MiB"
                        + " | start s |");
        out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        List<DeliveryRun> ours = List.of();
        for (Delivery contender : contenders) {
            List<DeliveryRun> runs = measured.getOrDefault(contender, List.of());
            ours = contender instanceof OwnPipeline ? runs : ours;
            out.printf(
                    "| %s | %,.0f | %.2f | %,.0f | %.2f | %,.0f to %,.0f | %,.0f | %.2f | %.2f"
                            + " | %,.0f | %.1f |%n",
                    contender.name(),
                    Measurement.median(runs, DeliveryRun::acknowledgedPerSecond),
                    ratio(ours, runs, DeliveryRun::acknowledgedPerSecond),
                    Measurement.median(runs, DeliveryRun::landedPerSecond),
                    ratio(ours, runs, DeliveryRun::landedPerSecond),
                    runs.stream().mapToDouble(DeliveryRun::landedPerSecond).min().orElse(0),
                    runs.stream().mapToDouble(DeliveryRun::landedPerSecond).max().orElse(0),
                    Measurement.median(runs, DeliveryRun::events),
                    Measurement.median(runs, DeliveryRun::cpuPer100k),
                    Measurement.median(runs, DeliveryRun::allCpuPer100k),
                    Measurement.median(runs, DeliveryRun::peakMebibytes),
                    contender.startSeconds());
        }
        out.flush();
    }

    private static double ratio(
            List<DeliveryRun> ours, List<DeliveryRun> runs, ToDoubleFunction<DeliveryRun> rate) {
        return Measurement.median(ours, rate) / Measurement.median(runs, rate);
    }

    void compareEnd(Duration took) throws IOException {
        out.printf(
                "%nEach event of each run is in its files, whole and once. %d s in all; load"
                        + " average at the end %s%n",
                took.toSeconds(), loadAverage());
    }

    void contender(Contender contender) {
        out.printf("  %-14s %s%n", contender.name(), String.join(" ", contender.command()));
    }

    void load(Load load, Map<Contender, List<Measurement>> runs) {
        out.printf("%n### %s%n%n", load);
        out.println(
                "| server | events/s | ratio | p50 ms | p90 ms | p99 ms | p99.9 ms"
                        + " | CPU s per 100k | of Redis | with load | lowest to highest"
                        + " | not 200 |");
        out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        Optional<Double> ours =
                runs.entrySet().stream()
                        .filter(entry -> entry.getKey().name().equals(Contender.OURS))
                        .map(entry -> rate(entry.getValue()))
                        .findFirst();
        runs.forEach((contender, measured) -> line(contender, measured, ours));
        runs.entrySet().stream()
                .filter(entry -> entry.getKey().peer())
                .max(Comparator.comparingDouble(entry -> rate(entry.getValue())))
                .ifPresent(best -> out.printf("%nBest peer: %s%n", best.getKey().name()));
        out.flush();
    }

    private void line(Contender contender, List<Measurement> measured, Optional<Double> ours) {
        out.printf(
                "| %s | %,.0f | %s | %s | %s | %s | %s | %.2f | %.2f | %.2f | %,.0f to %,.0f | %d"
                        + " |%n",
                contender.name(),
                rate(measured),
                ours.map(rate -> "%.2f".formatted(rate / rate(measured))).orElse(""),
                millis(measured, 0),
                millis(measured, 1),
                millis(measured, 2),
                millis(measured, 3),
                Measurement.median(measured, Measurement::serverCpuPer100k),
                Measurement.median(measured, Measurement::redisCpuPer100k),
                Measurement.median(measured, Measurement::allCpuPer100k),
                measured.stream().mapToDouble(Measurement::eventsPerSecond).min().orElse(0),
                measured.stream().mapToDouble(Measurement::eventsPerSecond).max().orElse(0),
                measured.stream().mapToLong(Measurement::refused).sum());
    }

    private static double rate(List<Measurement> measured) {
        return Measurement.median(measured, Measurement::eventsPerSecond);
    }

    private static String millis(List<Measurement> measured, int percentile) {
        return "%.2f"
                .formatted(
                        Measurement.median(measured, run -> run.latencyMicros()[percentile])
                                / 1_000);
    }

    void end(int rounds, Duration took, List<String> wrong) throws IOException {
        out.printf(
                "%n%d rounds, %d s in all; load average at the end %s%n",
                rounds, took.toSeconds(), loadAverage());
        if (wrong.isEmpty()) {
            out.println(
                    "Lists counted against acknowledgements after each run: nothing lost, nothing"
                            + " doubled.");
        } else {
            wrong.forEach(line -> out.println("WRONG: " + line));
        }
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private static String loadAverage() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private static String packages(String... names) throws IOException {
        StringBuilder versions = new StringBuilder();
        for (String name : names) {
            versions.append(versions.isEmpty() ? "" : ", ")
                    .append(name)
                    .append(' ')
                    .append(firstLine("dpkg-query", "-W", "-f", "${Version}", name));
        }
        return versions.toString();
    }

    private static String firstLine(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        return output.lines().findFirst().orElse("?");
    }
}
