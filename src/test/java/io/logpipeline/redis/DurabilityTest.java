package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With {@code redis.durability: replicas:1} a 200 means that a replica has the event. */
class DurabilityTest {
    private static final PushOutcome STORED = new PushOutcome.Stored();
    private static final Durability ONE_REPLICA = new Durability.Replicas(1);

    private RedisProcess master;
    private RedisProcess replica;
    private @Nullable PushQueue queue;

    Path program() {
        return RedisProcess.binary();
    }

    @BeforeEach
    void start() {
        master = RedisProcess.startProgram(program(), "--repl-diskless-sync-delay", "0");
        replica = RedisProcess.startProgram(program(), "--replicaof", "127.0.0.1 " + master.port());
        Await.until(
                "the replica follows",
                () -> replica.with(redis -> redis.info("replication")).contains("link_status:up"));
        Await.until("events are stored", () -> push("first").equals(STORED));
    }

    @AfterEach
    void stop() {
        close();
        replica.signal("CONT");
        replica.close();
        master.close();
    }

    private PushOutcome push(String event) throws InterruptedException {
        return push(event, null);
    }

    private PushOutcome push(String event, @Nullable String key) throws InterruptedException {
        if (queue == null) {
            queue = queue(master, ONE_REPLICA);
        }
        return queue.push(events("a", event), key);
    }

    private void close() {
        if (queue != null) {
            queue.close();
        }
        queue = null;
    }

    static PushQueue queue(RedisProcess redis, Durability durability) {
        RedisLink link = RedisLink.open(redis.url(), "test-push", Duration.ofSeconds(3));
        Await.until("it is connected", link::isConnected);
        return new PushQueue(
                link,
                new PendingStreams(link, "test", new StreamSet(1)),
                Duration.ofSeconds(600),
                1_000_000,
                durability,
                new Watchdog(System::nanoTime));
    }

    private List<String> onReplica() {
        return replica.with(redis -> redis.lrange(Events.key("a"), 0, -1));
    }

    @Test
    void whatIsAcknowledgedIsOnTheReplica() throws Exception {
        for (int i = 0; i < 200; i++) {
            String event = "e" + i;
            assertThat(push(event)).isEqualTo(STORED);
            assertThat(onReplica()).endsWith(event);
        }
    }

    @Test
    void whatTheReplicaDoesNotHaveIsNotAcknowledged() throws Exception {
        push("first");
        master.with(redis -> redis.del(Events.key("a")));
        replica.signal("STOP");
        assertThat(push("unconfirmed"))
                .isInstanceOfSatisfying(
                        PushOutcome.Failed.class,
                        failed -> assertThat(failed.details()).contains("redis.durability"));
        // Its list began with it, and is to be drained all the same.
        Await.until(
                "it is made known", () -> master.with(redis -> redis.xlen("logs:pending")) == 2);
        replica.signal("CONT");
        Await.until("the replica is back", () -> push("confirmed").equals(STORED));
        assertThat(onReplica()).contains("unconfirmed", "confirmed");
    }

    /** What waits behind confirmations that never come is not late for it, nor lost. */
    @Test
    void whileNothingIsConfirmedTheConnectionStaysAndEachListIsMadeKnown() throws Exception {
        replica.signal("STOP");
        String connection = pushConnection();
        long endNanos = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        List<Future<Integer>> producers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String user = "u" + i + "-";
                producers.add(threads.submit(() -> pushUnconfirmed(user, endNanos)));
            }
        }
        int lists = 0;
        for (Future<Integer> producer : producers) {
            lists += producer.get();
        }

        assertThat(pushConnection()).isEqualTo(connection);
        int expected = 1 + lists;
        Await.until(
                "each is made known",
                () -> master.with(redis -> redis.xlen("logs:pending")) == expected);
    }

    private String pushConnection() {
        return master.with(RedisCommands::clientList)
                .lines()
                .filter(line -> line.contains("name=test-push"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .collect(Collectors.joining(","));
    }

    /** Each event is the first of its list; returns how many. */
    private int pushUnconfirmed(String user, long endNanos) throws InterruptedException {
        int count = 0;
        while (System.nanoTime() - endNanos < 0) {
            assertThat(queue.push(events(user + count++, "x"), null))
                    .isInstanceOfSatisfying(
                            PushOutcome.Failed.class,
                            failed -> assertThat(failed.details()).contains("redis.durability"));
        }
        return count;
    }

    /** As it also is when a master becomes a replica meanwhile. */
    @Test
    void whatRedisRefusesToConfirmIsStoredAllTheSame() throws Exception {
        master.with(redis ->
                redis.aclSetuser(
                        "default", AclSetuserArgs.Builder.removeCommand(CommandType.WAIT)));

        assertThat(push("unconfirmed"))
                .isInstanceOfSatisfying(
                        PushOutcome.Failed.class,
                        failed -> assertThat(failed.details()).contains("redis.durability"));
        assertThat(master.<List<String>>with(redis -> redis.lrange(Events.key("a"), 0, -1)))
                .containsExactly("first", "unconfirmed");
    }

    @Test
    void aRepeatOnAnotherConnectionWaitsForWhatItsFirstTryWrote() throws Exception {
        replica.signal("STOP");
        assertThat(push("once", "key")).isInstanceOf(PushOutcome.Failed.class);
        close();
        // That connection has written nothing: nothing to wait for, if the repeat is no write.
        assertThat(push("once", "key")).as("a repeat").isInstanceOf(PushOutcome.Failed.class);
        replica.signal("CONT");
        Await.until(
                "the repeat is acknowledged",
                () -> push("once", "key").equals(new PushOutcome.Duplicate()));
        assertThat(onReplica()).containsOnlyOnce("once");
    }

    @Test
    void aFailOverLosesNothingAcknowledged() throws Exception {
        ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> producers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "p" + i + "-";
            producers.add(
                    CompletableFuture.runAsync(
                            () -> produce(name, acknowledged),
                            task -> Thread.ofVirtual().start(task)));
        }
        Await.until("events are under way", () -> acknowledged.size() > 500);
        master.kill();
        replica.with(redis -> redis.replicaofNoOne());
        producers.forEach(CompletableFuture::join);
        assertThat(acknowledged).hasSizeGreaterThan(500);
        assertThat(onReplica()).containsAll(acknowledged);
    }

    /** Until the first failure. */
    private void produce(String name, ConcurrentLinkedQueue<String> acknowledged) {
        try {
            for (int i = 0; push(name + i).equals(STORED); i++) {
                acknowledged.add(name + i);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
