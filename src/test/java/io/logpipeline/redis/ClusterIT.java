package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.event.LogEvent;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of ours to a cluster of three masters. */
class ClusterIT extends ClusterTests {
    private static final PushOutcome STORED = new PushOutcome.Stored();
    private static final int USERS = 30;

    private final Watchdog watchdog = new Watchdog(System::nanoTime);
    private PushQueue queue;

    @BeforeEach
    void open() throws Exception {
        RedisLink own = RedisLink.open(cluster.url(), "test-push", TIMEOUT);
        assertThat(own.awaitConnected(Duration.ofSeconds(30))).isTrue();
        queue =
                new PushQueue(
                        own,
                        new PendingStreams(link, "test", new StreamSet(1)),
                        Duration.ofSeconds(600),
                        1_000_000,
                        Durability.MEMORY,
                        watchdog);
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private static List<LogEvent> oneOfEachUser() {
        return oneOfEachUser(USERS);
    }

    private static List<LogEvent> oneOfEachUser(int users) {
        return IntStream.range(0, users).mapToObj(i -> events("u" + i, "1").getFirst()).toList();
    }

    private static List<String> list(String user) {
        return cluster.firstMasterOf(key(user)).with(server -> server.lrange(key(user), 0, -1));
    }

    @Test
    void aBatchOfManyUsersIsStoredOverAllMasters() throws Exception {
        // More than there are lanes: some lists share a lane and not the slot.
        int users = 300;
        assertThat(queue.push(oneOfEachUser(users), null)).isEqualTo(STORED);

        for (int i = 0; i < users; i++) {
            assertThat(list("u" + i)).containsExactly("1");
        }
        assertThat(cluster.masters())
                .allSatisfy(each ->
                        assertThat(each.<List<String>>with(server -> server.keys("logs:user_*")))
                                .isNotEmpty());
        Await.until(
                "each list is made known",
                () -> new PendingStreams(link, "test", new StreamSet(1)).backlog().keys() == users);
    }

    @Test
    void aRepeatWithItsIdempotencyKeyStoresNothingAgain() throws Exception {
        assertThat(queue.push(oneOfEachUser(), "key")).isEqualTo(STORED);

        assertThat(queue.push(oneOfEachUser(), "key")).isEqualTo(new PushOutcome.Duplicate());
        assertThat(queue.push(events("u0", "other"), "key")).isEqualTo(new PushOutcome.KeyReused());
        assertThat(list("u0")).containsExactly("1");
    }

    @Test
    void aMasterThatIsSilentHoldsUpNobodyElse() throws Exception {
        RedisProcess silent = cluster.firstMasterOf(key("u0"));
        List<String> others =
                IntStream.range(1, USERS)
                        .mapToObj(i -> "u" + i)
                        .filter(user -> cluster.firstMasterOf(key(user)) != silent)
                        .toList();
        silent.signal("STOP");
        try {
            CompletableFuture<PushOutcome> held =
                    CompletableFuture.supplyAsync(() -> push("u0", "held"));
            Await.until("it waits", () -> queue.unansweredEvents() == 1);
            for (int i = 0; i < 20; i++) {
                for (String user : others) {
                    assertThat(push(user, Integer.toString(i))).isEqualTo(STORED);
                }
            }
            assertThat(held.join()).isInstanceOf(PushOutcome.Failed.class);
        } finally {
            silent.signal("CONT");
        }
        Await.until("it is asked again", () -> push("u0", "again").equals(STORED));
        assertThat(list(others.getFirst())).hasSize(20);
    }

    private PushOutcome push(String user, String event) {
        try {
            return queue.push(events(user, event), null);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    @Test
    void aScanLooksThroughEveryMasterAndPassesOverOneThatIsAway() throws Exception {
        queue.push(oneOfEachUser(), null);
        ListScan scan = new ListScan(link, "logs:user_*:*", Duration.ofSeconds(600));
        assertThat(scanned(scan)).hasSize(USERS);

        RedisProcess away = cluster.firstMasterOf(key("u0"));
        away.signal("STOP");
        try {
            Set<String> found = scanned(scan);
            assertThat(found)
                    .isNotEmpty()
                    .allMatch(list -> cluster.firstMasterOf(list) != away)
                    .hasSize(
                            (int)
                                    IntStream.range(0, USERS)
                                            .filter(i ->
                                                    cluster.firstMasterOf(key("u" + i)) != away)
                                            .count());
        } finally {
            away.signal("CONT");
        }
        Await.until("all is found again", () -> scanned(scan).size() == USERS);
    }

    @Test
    void listsAreKeptAliveThoughTheMasterOfOthersIsAway() throws Exception {
        queue.push(oneOfEachUser(), null);
        List<String> all = IntStream.range(0, USERS).mapToObj(i -> key("u" + i)).toList();
        RedisProcess away = cluster.firstMasterOf(key("u0"));
        List<String> others =
                all.stream().filter(list -> cluster.firstMasterOf(list) != away).toList();
        ListScan scan = new ListScan(link, "logs:user_*:*", Duration.ofSeconds(6_000));

        away.signal("STOP");
        try {
            assertThat(scan.tend(all)).containsOnlyKeys(others);
        } finally {
            away.signal("CONT");
        }
        assertThat(others)
                .allSatisfy(list ->
                        assertThat(cluster.firstMasterOf(list).<Long>with(at -> at.ttl(list)))
                                .isGreaterThan(5_000));
        Await.until("all are found again", () -> scan.tend(all).size() == USERS);
    }

    @Test
    void streamsLieOnAllMastersAndOneThatIsSilentHoldsUpNoOther() throws Exception {
        PendingStreams streams = new PendingStreams(link, "test", new StreamSet(3));
        streams.ensureGroups();
        streams.add(IntStream.range(0, USERS).mapToObj(i -> key("u" + i)).toList(), 1);
        Await.until("each list is made known", () -> streams.look().keys() == USERS);
        assertThat(cluster.masters())
                .allSatisfy(each ->
                        assertThat(each.<List<String>>with(at -> at.keys("logs:pending*")))
                                .hasSize(1));

        RedisProcess silent = cluster.firstMasterOf(RedisKeys.pending(1));
        silent.signal("STOP");
        try {
            assertThat(streams.look().keys()).isEqualTo(USERS);
            assertThat(streams.read()).hasSize(3);
            assertThat(streams.read().getLast().take(Duration.ZERO, USERS))
                    .isInstanceOf(PendingStream.Taken.Entries.class);
            streams.ensureGroups();
            assertThat(link.await(new Replicas(link, streams).look()).members()).hasSize(1);
        } finally {
            silent.signal("CONT");
        }
        Await.until("it answers again", () -> streams.look().keys() == USERS);
    }

    private static Set<String> scanned(ListScan scan) throws Exception {
        Set<String> found = new HashSet<>();
        ListScan.Page page = new ListScan.Page("0", List.of());
        do {
            page = scan.lists(page.cursor());
            found.addAll(page.lists());
        } while (!page.cursor().equals("0"));
        return found;
    }

    @Test
    void aScanGoesOnBehindAMasterThatLeft() throws Exception {
        queue.push(oneOfEachUser(), null);
        ListScan scan = new ListScan(link, "logs:user_*:*", Duration.ofSeconds(600));

        ListScan.Page page = scan.lists("0.0.0.0:1/77");

        List<String> found = new ArrayList<>();
        while (!page.cursor().equals("0")) {
            page = scan.lists(page.cursor());
            found.addAll(page.lists());
        }
        assertThat(found).doesNotHaveDuplicates().hasSize(USERS);
    }

    @Test
    void eachMasterIsLookedAt() throws Exception {
        RedisProcess one = cluster.masters().get(1);
        one.with(server -> server.configSet("maxmemory-policy", "allkeys-lru"));
        one.with(server -> server.configSet("maxmemory", "1mb"));
        try {
            MemoryWatermark memory = new MemoryWatermark(90);
            memory.look(link);
            assertThat(memory.isHigh()).isTrue();
            assertThat(ServerCheck.ofEach(link))
                    .hasSize(3)
                    .filteredOn(
                            each -> each.refusal(Topology.CLUSTER, Durability.MEMORY).isPresent())
                    .hasSize(1);
        } finally {
            one.with(server -> server.configSet("maxmemory", "0"));
            one.with(server -> server.configSet("maxmemory-policy", "noeviction"));
        }
    }

    @Test
    void aCallThatMeetsASlotOnItsWayIsSentWhereItGoes() throws Exception {
        RedisProcess from = cluster.firstMasterOf(key("u0"));
        RedisProcess to = anotherThan(from);
        int slot = SlotHash.getSlot(key("u0"));
        assertThat(push("u0", "1")).isEqualTo(STORED);

        RedisCluster.Migration there = cluster.migrate(slot, from, to);
        assertThat(push("u0", "2")).isEqualTo(STORED);
        there.moveKeys();
        assertThat(push("u0", "3")).isEqualTo(STORED);
        there.end();
        assertThat(push("u0", "4")).isEqualTo(STORED);

        assertThat(to.<List<String>>with(server -> server.lrange(key("u0"), 0, -1)))
                .containsExactly("1", "2", "3", "4");
        assertThat(cluster.errors("ASK")).isPositive();
        assertThat(cluster.errors("MOVED")).isPositive();
        cluster.migrate(slot, to, from).end();
        assertThat(push("u0", "5")).isEqualTo(STORED);
        assertThat(list("u0")).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void aCallWhoseKeysAreOnTheirWayWaitsForThem() throws Exception {
        RedisProcess from = cluster.firstMasterOf(key("u0"));
        RedisProcess to = anotherThan(from);
        int slot = SlotHash.getSlot(key("u0"));
        assertThat(push("u0", "1")).isEqualTo(STORED);

        RedisCluster.Migration there = cluster.migrate(slot, from, to);
        CompletableFuture<PushOutcome> marked =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return queue.push(events("u0", "2"), "key");
                    } catch (InterruptedException stopped) {
                        throw new IllegalStateException(stopped);
                    }
                });
        Await.until("it is told to try again", () -> cluster.errors("TRYAGAIN") > 0);
        there.end();

        assertThat(marked.join()).isEqualTo(STORED);
        assertThat(to.<List<String>>with(server -> server.lrange(key("u0"), 0, -1)))
                .containsExactly("1", "2");
        cluster.migrate(slot, to, from).end();
    }
}
