package io.logpipeline.soak;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** The processes of ours, by place: another one takes a place whose process ended. */
final class Fleet implements AutoCloseable {
    static final int APIS = 2;
    static final int DRAINERS = 4;
    static final int PLACES = APIS + DRAINERS;
    static final int LEASE_SECONDS = 3;

    /** Many start at once, on a machine that is busy enough. */
    private static final Duration STARTED_WITHIN = Duration.ofMinutes(4);

    private final Path directory;
    private final RedisProcess redis;
    private final AtomicReferenceArray<PipelineProcess> processes =
            new AtomicReferenceArray<>(PLACES);
    private final AtomicIntegerArray ports = new AtomicIntegerArray(PLACES);

    private Fleet(Path directory, RedisProcess redis) {
        this.directory = directory;
        this.redis = redis;
    }

    /** Two APIs and four drainers, ready. */
    static Fleet start(Path directory, RedisProcess redis) {
        Fleet fleet = new Fleet(directory, redis);
        for (int place = 0; place < PLACES; place++) {
            fleet.processes.set(place, fleet.startOne(place));
        }
        for (int place = 0; place < PLACES; place++) {
            PipelineProcess process = fleet.processes.get(place);
            fleet.ports.set(place, awaitedPort(process));
            Await.until(
                    "ready",
                    STARTED_WITHIN,
                    () -> process.get("/health/ready").statusCode() == 200);
        }
        return fleet;
    }

    private PipelineProcess startOne(int place) {
        return PipelineProcess.of(directory, role(place))
                .redis(redis.url())
                .with("DRAINER_LEASE_SECONDS", Integer.toString(LEASE_SECONDS))
                // So that in the end there is one for each file.
                .with("DRAINER_LEDGER_SECONDS", "86400")
                .start();
    }

    private static int awaitedPort(PipelineProcess process) {
        Await.until(
                "listening",
                STARTED_WITHIN,
                () -> process.output().contains("Listening") || !process.isAlive());
        return process.port();
    }

    static String role(int place) {
        return isApi(place) ? "api" : "drainer";
    }

    static boolean isApi(int place) {
        return place < APIS;
    }

    Path logDir() {
        return directory.resolve("logs");
    }

    PipelineProcess process(int place) {
        return processes.get(place);
    }

    /** Where the process of this place listens, or last did. */
    int port(int place) {
        return ports.get(place);
    }

    /** The same, of one of the APIs. */
    int apiPort(int api) {
        return ports.get(api);
    }

    /** SIGKILL, and another one. */
    void kill(int place) {
        processes.get(place).kill();
        PipelineProcess next = startOne(place);
        processes.set(place, next);
        ports.set(place, awaitedPort(next));
    }

    /** Another one; when it listens, SIGTERM to the one before, which must end with status 0. */
    void roll(int place) {
        PipelineProcess before = processes.get(place);
        PipelineProcess next = startOne(place);
        processes.set(place, next);
        ports.set(place, awaitedPort(next));
        end(before);
    }

    /** SIGTERM to all. */
    void terminate() {
        allPlaces().forEach(place -> end(processes.get(place)));
    }

    private static void end(PipelineProcess process) {
        int status = process.terminate();
        if (status != 0) {
            throw new AssertionError("SIGTERM: status " + status + "\n" + process.output());
        }
    }

    private static List<Integer> allPlaces() {
        return IntStream.range(0, PLACES).boxed().toList();
    }

    @Override
    public void close() {
        allPlaces().forEach(place -> processes.get(place).close());
    }
}
