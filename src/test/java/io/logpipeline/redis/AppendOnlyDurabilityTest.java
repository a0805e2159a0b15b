package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.LaterRedis;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * With {@code redis.durability: aof} a 200 means that the append-only file was forced with it. On a
 * server that has {@code WAITAOF}, which the embedded one is too old for.
 */
@EnabledIf("io.logpipeline.testing.LaterRedis#isThere")
class AppendOnlyDurabilityTest {
    private RedisProcess server;
    private PushQueue queue;

    @BeforeEach
    void start() throws Exception {
        server =
                RedisProcess.startProgram(
                        LaterRedis.program(), "--appendonly", "yes", "--appendfsync", "always");
        queue = DurabilityTest.queue(server, new Durability.AppendOnlyFile());
        Await.until("events are stored", () -> push("first").equals(new PushOutcome.Stored()));
    }

    @AfterEach
    void stop() {
        queue.close();
        server.close();
    }

    private PushOutcome push(String event) throws InterruptedException {
        return queue.push(events("a", event), null);
    }

    @Test
    void whatIsNotForcedIsNotAcknowledged() throws Exception {
        server.with(redis -> redis.configSet("appendfsync", "no"));
        assertThat(push("unconfirmed"))
                .isInstanceOfSatisfying(
                        PushOutcome.Failed.class,
                        failed -> assertThat(failed.details()).contains("redis.durability"));
        server.with(redis -> redis.configSet("appendfsync", "always"));
        assertThat(push("confirmed")).isEqualTo(new PushOutcome.Stored());
    }

    @Test
    void aFileThatIsForcedEachSecondIsAwaited() throws Exception {
        server.with(redis -> redis.configSet("appendfsync", "everysec"));
        Await.until("an answer is a 200", () -> push("later").equals(new PushOutcome.Stored()));
    }

    @Test
    void theServerIsFit() throws Exception {
        try (RedisLink link = RedisLink.open(server.url(), "test", Duration.ofSeconds(5))) {
            Await.until("it is connected", link::isConnected);
            assertThat(
                            ServerCheck.ofEach(link)
                                    .getFirst()
                                    .refusal(Topology.ONE_SERVER, new Durability.AppendOnlyFile()))
                    .isEmpty();
            server.with(redis -> redis.configSet("appendonly", "no"));
            assertThat(
                            ServerCheck.ofEach(link)
                                    .getFirst()
                                    .refusal(Topology.ONE_SERVER, new Durability.AppendOnlyFile()))
                    .isPresent();
        }
    }
}
