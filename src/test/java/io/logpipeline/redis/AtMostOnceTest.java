package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A push is sent at most once, wherever the connection breaks. */
class AtMostOnceTest {
    private static final PushOutcome STORED = new PushOutcome.Stored();

    private RedisProcess process;
    private ConnectedRedis redis;
    private CuttingProxy proxy;
    private PushQueue queue;

    RedisProcess startServer() {
        return RedisProcess.start();
    }

    final RedisProcess server() {
        return process;
    }

    /** Through the proxy. */
    String url(CuttingProxy way) {
        return way.url();
    }

    @BeforeEach
    void open() throws Exception {
        process = startServer();
        redis = ConnectedRedis.to(process.url());
        proxy = new CuttingProxy(process.port());
        queue =
                new PushQueue(
                        RedisLink.open(url(proxy), "test-push", Duration.ofSeconds(2)),
                        new PendingStreams(redis.link(), "test", new StreamSet(1)),
                        Duration.ofSeconds(600),
                        1_000_000,
                        Durability.MEMORY,
                        new Watchdog(System::nanoTime));
        awaitConnected();
    }

    @AfterEach
    void close() throws Exception {
        queue.close();
        proxy.close();
        redis.close();
        process.close();
    }

    /** Connected again, and the script is known: what follows is one EVALSHA. */
    private void awaitConnected() {
        Await.until("the queue is connected", () -> stored("other"));
    }

    private boolean stored(String user) throws InterruptedException {
        return queue.push(events(user, "0"), null).equals(STORED);
    }

    @Test
    void aPushWhoseReplyWasLostIsNotSentAgain() throws Exception {
        proxy.cutBeforeReplyTo("lost-reply");

        PushOutcome outcome = queue.push(events("a", "lost-reply"), null);
        awaitConnected();

        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(outcome).isInstanceOf(PushOutcome.Failed.class);
        assertThat(redis.list(key("a"))).containsExactly("lost-reply");
    }

    @Test
    void aPushThatNeverReachedRedisIsNotSentLater() throws Exception {
        proxy.cutBefore("lost-push");

        PushOutcome outcome = queue.push(events("a", "lost-push"), null);
        awaitConnected();

        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(outcome).isInstanceOf(PushOutcome.Failed.class);
        assertThat(redis.list(key("a"))).isEmpty();
    }

    @Test
    void aPushMadeWithoutAConnectionFailsAtOnceAndIsNotSentLater() throws Exception {
        proxy.refuse();
        Await.until("the connection is lost", () -> !stored("other"));

        long startNanos = System.nanoTime();
        List<PushOutcome> outcomes =
                List.of(
                        queue.push(events("a", "1"), null),
                        queue.push(events("a", "2"), null),
                        queue.push(events("a", "3"), null));
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        proxy.admit();
        awaitConnected();

        assertThat(outcomes).hasOnlyElementsOfType(PushOutcome.Failed.class);
        assertThat(took).isLessThan(Duration.ofSeconds(2));
        assertThat(redis.list(key("a"))).isEmpty();
    }

    @Test
    void theRepeatOfAPushWhoseReplyWasLostIsADuplicate() throws Exception {
        proxy.cutBeforeReplyTo("lost-reply");

        queue.push(events("a", "lost-reply"), "key");
        awaitConnected();

        assertThat(queue.push(events("a", "lost-reply"), "key"))
                .isEqualTo(new PushOutcome.Duplicate());
        assertThat(redis.list(key("a"))).containsExactly("lost-reply");
    }

    @Test
    void theRepeatOfAPushThatNeverReachedRedisIsStored() throws Exception {
        proxy.cutBefore("lost-push");

        queue.push(events("a", "lost-push"), "key");
        awaitConnected();

        assertThat(queue.push(events("a", "lost-push"), "key")).isEqualTo(STORED);
        assertThat(redis.list(key("a"))).containsExactly("lost-push");
    }

    @Test
    void aPushThatRedisHeldBackTooLongIsStoredAtMostOnce() throws Exception {
        redis.pauseWrites();
        PushOutcome late = queue.push(events("a", "late"), "key");
        redis.unpauseWrites();

        assertThat(late)
                .isEqualTo(
                        new PushOutcome.Failed(
                                "Redis did not answer in time", Duration.ofSeconds(1)));
        awaitConnected();
        assertThat(queue.push(events("a", "late"), "key")).isNotInstanceOf(late.getClass());
        assertThat(redis.list(key("a"))).containsExactly("late");
    }

    @Test
    void theRoomOfLostPushesIsGivenBack() throws Exception {
        for (int i = 0; i < 3; i++) {
            proxy.cutBefore("lost-" + i);
            queue.push(events("a", "lost-" + i), null);
            awaitConnected();
        }

        Await.until("nothing is unanswered", () -> queue.unansweredEvents() == 0);
        String large = "x".repeat(990_000);
        assertThat(queue.push(events("a", large), null)).isEqualTo(STORED);
    }
}
