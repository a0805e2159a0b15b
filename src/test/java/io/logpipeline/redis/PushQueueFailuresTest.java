package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a request is told when Redis is away or refuses it, and that the queue recovers. */
class PushQueueFailuresTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final PushOutcome STORED = new PushOutcome.Stored();

    private static PushQueue queue(RedisProcess redis, RedisLink link) {
        return new PushQueue(
                RedisLink.open(redis.url(), "test-push", TIMEOUT),
                new PendingStreams(link, "test", new StreamSet(1)),
                Duration.ofSeconds(600),
                1_000_000,
                Durability.MEMORY,
                new Watchdog(System::nanoTime));
    }

    private static void awaitStored(PushQueue queue) {
        Await.until("it stores", () -> queue.push(events("a", "1"), null).equals(STORED));
    }

    private static String failure(PushQueue queue) throws InterruptedException {
        PushOutcome outcome = queue.push(events("b", "1"), null);
        assertThat(outcome).isInstanceOf(PushOutcome.Failed.class);
        return ((PushOutcome.Failed) outcome).details();
    }

    @Test
    void whileRedisIsAwayPushesFailWithinTheTimeOutAndThenRecoverByThemselves() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisLink link = RedisLink.open(redis.url(), "test", TIMEOUT);
                PushQueue queue = queue(redis, link)) {
            awaitStored(queue);

            redis.kill();
            for (int i = 0; i < 3; i++) {
                long startNanos = System.nanoTime();
                assertThat(failure(queue)).isEqualTo("Redis is not reachable");
                assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                        .isLessThan(TIMEOUT.multipliedBy(2));
            }

            redis.restart();
            awaitStored(queue);
            assertThat(queue.unansweredEvents()).isZero();
            assertThat(redis.<Long>with(server -> server.exists(key("b")))).isZero();
        }
    }

    @Test
    void aLinkSaysWhetherItIsConnected() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisLink link = RedisLink.open(redis.url(), "test", TIMEOUT)) {
            Await.until("it is connected", link::isConnected);
            redis.kill();
            Await.until("it is not", () -> !link.isConnected());
            redis.restart();
            Await.until("it is again", link::isConnected);
        }
    }

    @Test
    void aQueueOpenedBeforeRedisConnectsWhenRedisStarts() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            redis.stop();
            try (RedisLink link = RedisLink.open(redis.url(), "test", TIMEOUT);
                    PushQueue queue = queue(redis, link)) {
                assertThat(failure(queue)).isEqualTo("Redis is not reachable");
                redis.restart();
                awaitStored(queue);
            }
        }
    }

    @Test
    void aFullRedisRefusesThePushUntilItHasRoom() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--maxmemory", "1mb");
                RedisLink link = RedisLink.open(redis.url(), "test", TIMEOUT);
                PushQueue queue = queue(redis, link)) {
            Await.until("it is full", () -> failure(queue).endsWith(": OOM"));
            assertThat(failure(queue)).isEqualTo("Redis refused the write: OOM");
            assertThat(redis.<Long>with(server -> server.exists(key("b")))).isZero();

            redis.with(server -> server.configSet("maxmemory", "100mb"));
            assertThat(queue.push(events("b", "1"), null)).isEqualTo(STORED);
        }
    }

    @Test
    void aReplicaRefusesThePush() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisLink link = RedisLink.open(redis.url(), "test", TIMEOUT);
                PushQueue queue = queue(redis, link)) {
            awaitStored(queue);
            redis.with(server -> server.replicaof("127.0.0.1", 1));

            assertThat(failure(queue)).isEqualTo("Redis refused the write: READONLY");

            redis.with(server -> server.replicaofNoOne());
            awaitStored(queue);
        }
    }

    @Test
    void aConnectionToAServerThatBecameAReplicaIsMadeAnew() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                RedisLink link = RedisLink.open(redis.url(), "test", TIMEOUT);
                PushQueue queue = queue(redis, link)) {
            awaitStored(queue);
            String before = connectionId(redis);
            redis.with(server -> server.replicaof("127.0.0.1", 1));

            assertThat(failure(queue)).isEqualTo("Redis refused the write: READONLY");

            Await.until(
                    "it is another", () -> !List.of(before, "none").contains(connectionId(redis)));
        }
    }

    /** Of the queue's connection, by the server. */
    private static String connectionId(RedisProcess redis) {
        Matcher found =
                Pattern.compile("id=(\\d+) [^\n]*name=test-push ")
                        .matcher(redis.<String>with(RedisCommands::clientList));
        return found.find() ? found.group(1) : "none";
    }

    @Test
    void aConnectionThatAnswersNoMoreIsGivenUpWithWhatWaitsInIt() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                CuttingProxy proxy = new CuttingProxy(redis.port());
                RedisLink link = RedisLink.open(redis.url(), "test", TIMEOUT);
                PushQueue queue =
                        new PushQueue(
                                RedisLink.open(proxy.url(), "test-push", TIMEOUT),
                                new PendingStreams(link, "test", new StreamSet(1)),
                                Duration.ofSeconds(600),
                                1_000_000,
                                Durability.MEMORY,
                                new Watchdog(System::nanoTime))) {
            awaitStored(queue);

            proxy.swallow();
            assertThat(failure(queue)).isEqualTo("Redis did not answer in time");
            proxy.admit();

            // The connection that swallows is open for ever: only another one gets through.
            awaitStored(queue);
        }
    }
}
