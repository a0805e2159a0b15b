package io.logpipeline.rollback;

import io.logpipeline.drain.DrainStage;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One drainer process of the fleet: a drain side of its own, and its own connection. */
final class Member implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final Duration LEASE = Duration.ofMillis(400);
    private static final Duration SWEEP_PERIOD = Duration.ofMillis(150);
    private static final int CHUNK_ELEMENTS = 3;

    final Checkpoints calls;
    private final Path logDir;
    private final String name;
    private final int workers;
    private @Nullable DrainStage stage;

    Member(String url, Path logDir, String name, int workers) {
        this.calls = new Checkpoints(RedisLink.open(url, name, TIMEOUT));
        this.logDir = logDir;
        this.name = name;
        this.workers = workers;
    }

    void start() {
        stage =
                new DrainStage(
                        calls,
                        logDir,
                        name,
                        new DrainStage.Pace(
                                INTERVAL, LEASE, SWEEP_PERIOD, workers, CHUNK_ELEMENTS));
    }

    void awaitConnected() {
        Await.until(
                name + " is connected",
                () -> !calls.info().toCompletableFuture().get(1, TimeUnit.SECONDS).isEmpty());
    }

    /** Nothing of these lists is left in a Redis. */
    static void awaitDrained(RedisProcess redis, List<String> lists) {
        String[] keys =
                lists.stream()
                        .flatMap(list -> List.of(list, "{" + list + "}:batch").stream())
                        .toArray(String[]::new);
        Await.until(
                "all is drained",
                () ->
                        redis.with(server ->
                                server.exists(keys) == 0 && server.xlen("logs:pending") == 0));
    }

    /** The lists that it took for expired. */
    List<String> expired() {
        return stage == null ? List.of() : stage.expired();
    }

    @Override
    public void close() throws InterruptedException {
        calls.releaseAll();
        if (stage != null) {
            stage.close();
        }
        calls.close();
    }
}
