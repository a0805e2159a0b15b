package io.logpipeline.soak;

import io.logpipeline.testing.ProcessFiles;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks once a second at the metrics and the memory of all processes, as a scraper would. */
final class Watcher implements AutoCloseable {
    private static final String PREFIX = "log_pipeline_";
    private static final Pattern LABEL = Pattern.compile("(?:kind|reason)=\"(\\w+)\"");
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Fleet fleet;
    private final RedisProcess redis;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build();

    /** By process, what each counter stood at when last seen. */
    private final Map<Long, Map<String, Double>> counters = new ConcurrentHashMap<>();

    private final Map<String, Long> peakBytes = new TreeMap<>();
    private final Map<String, Map<Long, Duration>> cpuOf = new TreeMap<>();
    private final List<Double> lagSeconds = new ArrayList<>();
    private final Thread loop;
    private volatile double lastLagSeconds;
    private volatile boolean ended;

    Watcher(Fleet fleet, RedisProcess redis) {
        this.fleet = fleet;
        this.redis = redis;
        this.loop = Thread.ofPlatform().name("watcher").start(this::loop);
    }

    private void loop() {
        while (!ended) {
            look();
            LockSupport.parkNanos(PERIOD.toNanos());
        }
        look();
    }

    private void look() {
        double lag = -1;
        for (int place = 0; place < Fleet.PLACES; place++) {
            long pid = fleet.process(place).pid();
            weigh(Fleet.role(place), pid);
            Map<String, Double> metrics = metrics(fleet.port(place));
            if (!metrics.isEmpty()) {
                counters.put(pid, metrics);
                lag = Math.max(lag, metrics.getOrDefault("drain_lag_seconds", -1.0));
            }
        }
        weigh("redis", redis.pid());
        weigh("this test", ProcessHandle.current().pid());
        if (lag >= 0) {
            lagSeconds.add(lag);
            lastLagSeconds = lag;
        }
    }

    private void weigh(String what, long pid) {
        try {
            peakBytes.merge(what, ProcessFiles.residentBytes(pid), Math::max);
        } catch (IOException | NoSuchElementException ended) {
            // It has no memory any more.
        }
        ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .ifPresent(cpu ->
                        cpuOf.computeIfAbsent(what, absent -> new TreeMap<>()).put(pid, cpu));
    }

    /**
     * Summed over their labels, and by kind or reason: {@code name kind}. None when the process
     * does not answer.
     */
    private Map<String, Double> metrics(int port) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                        .timeout(TIMEOUT)
                        .build();
        Map<String, Double> metrics = new TreeMap<>();
        try {
            String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
            body.lines()
                    .filter(line -> line.startsWith(PREFIX))
                    .forEach(line -> {
                        String name = line.substring(PREFIX.length()).split("[{ ]", 2)[0];
                        double value = Double.parseDouble(line.substring(line.lastIndexOf(' ')));
                        metrics.merge(name, value, Double::sum);
                        Matcher part = LABEL.matcher(line);
                        if (part.find()) {
                            metrics.merge(name + ' ' + part.group(1), value, Double::sum);
                        }
                    });
        } catch (IOException noAnswer) {
            return Map.of();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return metrics;
    }

    double lastLagSeconds() {
        return lastLagSeconds;
    }

    /** Over all processes that ever were, as far as it was seen. */
    double total(String counter) {
        return counters.values().stream()
                .mapToDouble(each -> each.getOrDefault(counter, 0.0))
                .sum();
    }

    /** What processes of each role, and Redis, had resident at most; meaningful once closed. */
    Map<String, Long> peakBytes() {
        return peakBytes;
    }

    /** The parts of a counter by its label, as far as they are not zero. */
    Map<String, Long> parts(String counter) {
        Map<String, Long> parts = new TreeMap<>();
        for (Map<String, Double> each : counters.values()) {
            each.forEach((name, value) -> {
                if (name.startsWith(counter + ' ') && value > 0) {
                    parts.merge(name.substring(counter.length() + 1), value.longValue(), Long::sum);
                }
            });
        }
        return parts;
    }

    /** What all processes of a kind used of the processors; meaningful once closed. */
    Duration cpu(String what) {
        return cpuOf.getOrDefault(what, Map.of()).values().stream()
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Of the pipeline's lag by its own gauge, second by second; meaningful once closed. */
    double lagSeconds(double quantile) {
        double[] sorted = lagSeconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.round(quantile * (sorted.length - 1))];
    }

    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(loop);
        try {
            loop.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        http.close();
    }
}
