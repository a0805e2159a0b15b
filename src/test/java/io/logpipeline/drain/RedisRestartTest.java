package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.event.LogEvent;
import io.logpipeline.event.UserDay;
import io.logpipeline.redis.Durability;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.PushOutcome;
import io.logpipeline.redis.PushQueue;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that is killed in the middle and keeps what it acknowledged, or forgets all. */
class RedisRestartTest {
    private static final int PRODUCERS = 8;
    private static final int EVENTS = 150;

    @TempDir private Path logDir;

    private static LogEvent event(int producer, int number) {
        return new LogEvent(
                new UserDay("p" + producer, 1),
                Integer.toString(number).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyEventLandsOnceAndInOrder() throws Exception {
        Duration timeout = Duration.ofSeconds(1);
        try (RedisProcess process =
                        RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
                ConnectedRedis redis = ConnectedRedis.to(process.url(), timeout);
                PushQueue queue = queue(process, redis, timeout);
                DrainStage stage =
                        new DrainStage(redis.link(), logDir, "replica", Duration.ofSeconds(2), 2);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch underWay = new CountDownLatch(PRODUCERS * EVENTS / 3);
            CountDownLatch farther = new CountDownLatch(PRODUCERS * EVENTS * 2 / 3);
            List<Future<?>> producers = new ArrayList<>();
            for (int i = 0; i < PRODUCERS; i++) {
                int producer = i;
                producers.add(
                        threads.submit(() -> {
                            for (int number = 0; number < EVENTS; number++) {
                                pushUntilKnown(queue, producer, number);
                                underWay.countDown();
                                farther.countDown();
                            }
                            return null;
                        }));
            }
            underWay.await();
            process.kill();
            process.restart();
            farther.await();
            process.kill();
            process.restart();
            for (Future<?> producer : producers) {
                producer.get();
            }

            Await.until("every event landed", () -> landed(stage) >= PRODUCERS * EVENTS);
            Await.until("nothing is pending", () -> stage.pending.backlog().keys() == 0);

            List<String> numbers = IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList();
            for (int producer = 0; producer < PRODUCERS; producer++) {
                assertThat(stage.lines(key(producer))).isEqualTo(numbers);
            }
            assertThat(redis.server().keys("*:batch")).isEmpty();
            assertThat(stage.telemetry.expired).isEmpty();
        }
    }

    /** An API that lives on pushes before any drainer asks what store it is. */
    @Test
    void anEventThatEqualsOneOfAFormerStoreLandsToo() throws Exception {
        Duration timeout = Duration.ofSeconds(1);
        Duration lease = Duration.ofSeconds(2);
        try (RedisProcess process = RedisProcess.start();
                ConnectedRedis redis = ConnectedRedis.to(process.url(), timeout);
                PushQueue queue = queue(process, redis, timeout)) {
            for (int start = 1; start <= 3; start++) {
                pushUntilKnown(queue, 0, 0);
                try (DrainStage stage = new DrainStage(redis.link(), logDir, "replica", lease, 2)) {
                    Await.until("it landed", () -> stage.telemetry.drained.size() == 1);
                    stage.awaitQuiet();
                    assertThat(stage.lines(key(0))).hasSize(start).containsOnly("0");
                }
                redis.server().flushall();
            }
        }
    }

    private static PushQueue queue(RedisProcess process, ConnectedRedis redis, Duration timeout)
            throws Exception {
        return new PushQueue(
                RedisLink.open(process.url(), "test-push", timeout),
                new PendingStreams(redis.link(), "api", new StreamSet(1)),
                Duration.ofSeconds(600),
                1_000_000,
                Durability.MEMORY,
                new Watchdog(System::nanoTime));
    }

    private static String key(int producer) {
        return event(producer, 0).userDay().key();
    }

    private static long landed(DrainStage stage) {
        return IntStream.range(0, PRODUCERS).mapToLong(i -> stage.lines(key(i)).size()).sum();
    }

    /** As a careful client does: the same idempotency key until there is an answer. */
    private static void pushUntilKnown(PushQueue queue, int producer, int number) {
        List<LogEvent> request = List.of(event(producer, number));
        Await.until(
                "event " + number + " is stored",
                () ->
                        switch (queue.push(request, "key-" + number)) {
                            case PushOutcome.Stored stored -> true;
                            case PushOutcome.Duplicate duplicate -> true;
                            case PushOutcome.KeyReused reused -> throw new AssertionError(reused);
                            case PushOutcome.Failed failed -> false;
                            case PushOutcome.Overloaded overloaded -> false;
                        });
    }
}
