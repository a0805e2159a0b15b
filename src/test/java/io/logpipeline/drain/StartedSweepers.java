package io.logpipeline.drain;

import io.lettuce.core.Range;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Sweepers of one test, which stop with it. */
final class StartedSweepers implements AfterEachCallback {
    private static final Duration LIFE = Duration.ofSeconds(600);
    private static final Duration PERIOD = Duration.ofMillis(100);

    final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final SharedRedis redis;
    private final Watchdog watchdog = new Watchdog(MonotonicClock.system()::nanoTime);
    private final List<Sweeper> started = new ArrayList<>();

    StartedSweepers(SharedRedis redis) {
        this.redis = redis;
    }

    Sweeper start(String replica) {
        return start(replica, redis.link(), telemetry);
    }

    Sweeper start(String replica, RedisCalls calls, RecordedTelemetry told) {
        return start(replica, calls, told, PERIOD, watchdog);
    }

    Sweeper start(
            String replica,
            RedisCalls calls,
            RecordedTelemetry told,
            Duration period,
            Watchdog watching) {
        Sweeper sweeper =
                new Sweeper(
                                new ListScan(calls, "logs:user_*:*", LIFE),
                                new PendingStreams(calls, replica, new StreamSet(1)),
                                new Leases(calls),
                                told,
                                watching,
                                MonotonicClock.system(),
                                replica,
                                period)
                        .start();
        started.add(sweeper);
        return sweeper;
    }

    Sweeper start(String replica, RecordedTelemetry told, Duration period) {
        return start(replica, redis.link(), told, period, watchdog);
    }

    /** A sweep that began after now has ended. */
    void awaitWhole() {
        int before = telemetry.sweeps.get();
        Await.until("two sweeps later", () -> telemetry.sweeps.get() >= before + 3);
    }

    /** The lists that the pending stream names. */
    List<String> entries() {
        return redis.server().xrange(RedisKeys.PENDING, Range.unbounded()).stream()
                .map(entry -> entry.getBody().get("key"))
                .toList();
    }

    @Override
    public void afterEach(ExtensionContext test) throws Exception {
        for (Sweeper sweeper : started) {
            sweeper.stop();
        }
    }
}
