package io.logpipeline.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Drainers of this pipeline, as processes that stay from run to run. */
final class DrainerProcesses implements DrainContender {
    private static final long LOOK_NANOS = 2_000_000;
    private static final Duration ADMITTED_AFTER = Duration.ofSeconds(2);

    private final String name;
    private final DrainRedis redis;
    private final int portFirst;
    private final List<ServerProcess> processes = new ArrayList<>();

    private DrainerProcesses(String name, DrainRedis redis, int portFirst) {
        this.name = name;
        this.redis = redis;
        this.portFirst = portFirst;
    }

    /**
     * @param command that starts one, but for its role
     * @param settings as in the environment
     */
    static DrainerProcesses start(
            String name,
            int count,
            int portFirst,
            List<String> command,
            Map<String, String> settings,
            DrainRedis redis,
            Path work)
            throws IOException {
        DrainerProcesses all = new DrainerProcesses(name, redis, portFirst);
        List<String> drainer = new ArrayList<>(command);
        drainer.add("drainer");
        for (int i = 0; i < count; i++) {
            Map<String, String> environment = new HashMap<>(settings);
            environment.put("SERVER_PORT", String.valueOf(portFirst + i));
            Path log = work.resolve("drainer-" + (portFirst + i) + ".log");
            all.processes.add(ServerProcess.start(name, portFirst + i, log, drainer, environment));
        }
        return all;
    }

    @Override
    public String name() {
        return name;
    }

    /** After {@link #rest}. */
    void goOn() throws IOException, InterruptedException {
        for (ServerProcess process : processes) {
            process.goOn();
        }
    }

    @Override
    public void prepare(DrainLoad load) throws IOException, InterruptedException {
        goOn();
        LockSupport.parkNanos(ADMITTED_AFTER.toNanos());
        for (ServerProcess process : processes) {
            process.forgetPeak();
        }
    }

    @Override
    public void begin() {
        redis.fire();
        while (!redis.isTaken()) {
            Thread.onSpinWait();
        }
    }

    @Override
    public long drain(DrainLoad load, Duration limit) throws IOException {
        while (redis.pendingKeys() > 0) {
            LockSupport.parkNanos(LOOK_NANOS);
            for (ServerProcess process : processes) {
                if (!process.isAlive()) {
                    throw new IOException(process.name() + " has ended");
                }
            }
        }
        return load.events();
    }

    /** They have nothing in hand when a run has ended. */
    @Override
    public void rest() throws IOException, InterruptedException {
        for (ServerProcess process : processes) {
            process.hold();
        }
    }

    @Override
    public double cpuSeconds() throws IOException {
        double sum = 0;
        for (ServerProcess process : processes) {
            sum += process.cpuSeconds();
        }
        return sum;
    }

    @Override
    public long peakMebibytes() throws IOException {
        long sum = 0;
        for (ServerProcess process : processes) {
            sum += process.peakMebibytes();
        }
        return sum;
    }

    /** What a metric of each says; 0 while it has none. */
    List<Double> metricOfEach(String metric) throws IOException {
        List<Double> each = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            URI metrics = URI.create("http://127.0.0.1:" + (portFirst + i) + "/metrics");
            try (InputStream answer = metrics.toURL().openStream()) {
                each.add(value(new String(answer.readAllBytes(), StandardCharsets.UTF_8), metric));
            }
        }
        return each;
    }

    private static double value(String exposition, String metric) {
        return exposition
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        processes.forEach(ServerProcess::close);
    }
}
