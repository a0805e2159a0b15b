package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Consumer;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.models.stream.PendingMessages;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How entries come due, are shared, taken over, and end. */
class PendingStreamTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    private PendingStream one;
    private PendingStream two;
    private PendingStreams all;

    @BeforeEach
    void empty() {
        one = new PendingStream(redis.link(), "one", 0);
        two = new PendingStream(redis.link(), "two", 0);
        all = new PendingStreams(redis.link(), "one", new StreamSet(1));
    }

    /** Adds an entry that is as old as given. */
    private static String addAged(String list, Duration age) {
        long millis = Long.parseLong(redis.server().time().getFirst()) * 1000 - age.toMillis();
        return redis.server()
                .xadd(
                        RedisKeys.PENDING,
                        new XAddArgs().id(millis + "-*"),
                        Map.of("key", list, "noticed_us", "5"));
    }

    private static List<PendingEntry> taken(PendingStream.Taken taken) {
        assertThat(taken).isInstanceOf(PendingStream.Taken.Entries.class);
        return ((PendingStream.Taken.Entries) taken).entries();
    }

    private static Duration delay(PendingStream.Taken taken) {
        assertThat(taken).isInstanceOf(PendingStream.Taken.NothingDue.class);
        return ((PendingStream.Taken.NothingDue) taken).delay();
    }

    private static List<String> lists(List<PendingEntry> entries) {
        return entries.stream().map(PendingEntry::list).toList();
    }

    private static PendingMessages pendingMessages() {
        return redis.server().xpending(RedisKeys.PENDING, RedisKeys.GROUP);
    }

    @Test
    void withNothingPendingTheWaitIsTheInterval() throws Exception {
        assertThat(delay(one.take(Duration.ofSeconds(7), 8))).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void anEntryStaysUndeliveredUntilItIsDueAndTheWaitSaysWhen() throws Exception {
        addAged("a", Duration.ofSeconds(20));

        Duration wait = delay(one.take(LONG, 8));

        assertThat(wait).isBetween(Duration.ofSeconds(36), Duration.ofSeconds(41));
        assertThat(pendingMessages().getCount()).isZero();
    }

    @Test
    void anEntryIsHandedOutOnceItsIntervalHasPassed() throws Exception {
        Duration interval = Duration.ofSeconds(1);
        one.addNow("a", 5);
        // Before Redis looks at its clock.
        long startNanos = System.nanoTime();
        Duration wait = delay(one.take(interval, 8));

        Await.until(
                "it is due", () -> one.take(interval, 8) instanceof PendingStream.Taken.Entries);

        assertThat(wait).isBetween(Duration.ofMillis(1), interval);
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                .isGreaterThan(wait.minusMillis(5));
    }

    @Test
    void anEntrySaysWhenItsListWasSeen() throws Exception {
        one.addNow("a", 1_712_345_678_000_001L);

        assertThat(taken(one.take(Duration.ZERO, 8)).getFirst().noticedMicros())
                .isEqualTo(1_712_345_678_000_001L);
    }

    @Test
    void dueEntriesComeOldestFirstAndTheOthersStay() throws Exception {
        String first = addAged("a", Duration.ofSeconds(200));
        addAged("b", Duration.ofSeconds(100));
        addAged("c", Duration.ofSeconds(10));

        List<PendingEntry> due = taken(one.take(LONG, 8));

        assertThat(lists(due)).containsExactly("a", "b");
        assertThat(due.getFirst()).isEqualTo(new PendingEntry(0, first, "a", 5, false));
        assertThat(pendingMessages().getCount()).isEqualTo(2);
        assertThat(delay(two.take(LONG, 8))).isGreaterThan(Duration.ofSeconds(45));
    }

    @Test
    void noMoreAreTakenThanAskedFor() throws Exception {
        Stream.of("a", "b", "c").forEach(list -> addAged(list, Duration.ofSeconds(100)));

        assertThat(lists(taken(one.take(LONG, 2)))).containsExactly("a", "b");
        assertThat(lists(taken(two.take(LONG, 2)))).containsExactly("c");
    }

    @Test
    void twoConsumersShareTheEntries() throws Exception {
        for (int i = 0; i < 20; i++) {
            addAged("list" + i, Duration.ofSeconds(100));
        }
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.addAll(lists(taken(one.take(LONG, 1))));
            all.addAll(lists(taken(two.take(LONG, 1))));
        }

        assertThat(all).hasSize(20).doesNotHaveDuplicates();
        assertThat(pendingMessages().getConsumerMessageCount())
                .containsEntry("one", 10L)
                .containsEntry("two", 10L);
    }

    @Test
    void anEntryIsTakenOverAfterTheLeaseAndNotBefore() throws Exception {
        addAged("a", LONG);
        PendingEntry entry = taken(one.take(Duration.ZERO, 8)).getFirst();

        assertThat(two.reclaim(LONG, 8)).isEmpty();
        idleFor(entry.id(), "one", LONG.plusSeconds(1));

        assertThat(two.reclaim(LONG, 8))
                .containsExactly(new PendingEntry(0, entry.id(), "a", 5, true));
        assertThat(one.reclaim(LONG, 8)).isEmpty();
    }

    private static void idleFor(String id, String consumer, Duration idle) {
        redis.server()
                .xclaim(
                        RedisKeys.PENDING,
                        Consumer.from(RedisKeys.GROUP, consumer),
                        new XClaimArgs().minIdleTime(0).idle(idle.toMillis()),
                        id);
    }

    @Test
    void aRenewedEntryStaysWithItsConsumer() throws Exception {
        addAged("a", LONG);
        PendingEntry entry = taken(one.take(Duration.ZERO, 8)).getFirst();
        idleFor(entry.id(), "one", LONG.plusSeconds(1));

        one.renew(entry);

        assertThat(two.reclaim(LONG, 8)).isEmpty();
        assertThat(pendingMessages().getConsumerMessageCount()).containsOnly(Map.entry("one", 1L));
    }

    @Test
    void renewingAnEntryThatEndedIsHarmless() throws Exception {
        addAged("a", LONG);
        PendingEntry entry = taken(one.take(Duration.ZERO, 8)).getFirst();
        one.acknowledgeNow(List.of(entry));

        one.renew(entry);

        assertThat(pendingMessages().getCount()).isZero();
        assertThat(all.backlog().keys()).isZero();
    }

    @Test
    void aDeadConsumersEntryIsFoundBehindManyThatAreWorkedOn() throws Exception {
        for (int i = 0; i < 200; i++) {
            addAged("held" + i, LONG);
        }
        for (int i = 0; i < 25; i++) {
            assertThat(taken(one.take(Duration.ZERO, 8))).hasSize(8);
        }
        addAged("left", LONG);
        PendingEntry left = taken(two.take(Duration.ZERO, 8)).getFirst();
        idleFor(left.id(), "two", LONG.plusSeconds(1));

        assertThat(lists(one.reclaim(LONG, 8))).containsExactly("left");
    }

    @Test
    void entriesPastTheFirstPageOfThoseLeftAreTakenOverToo() throws Exception {
        for (int i = 0; i < 20; i++) {
            addAged("left" + i, LONG);
        }
        for (PendingEntry entry : taken(two.take(Duration.ZERO, 20))) {
            idleFor(entry.id(), "two", LONG.plusSeconds(1));
        }

        assertThat(one.reclaim(LONG, 8)).hasSize(8);
        assertThat(one.reclaim(LONG, 8)).hasSize(8);
        assertThat(one.reclaim(LONG, 8)).hasSize(4);
        assertThat(one.reclaim(LONG, 8)).isEmpty();
    }

    @Test
    void anAcknowledgedEntryIsGone() throws Exception {
        addAged("a", LONG);
        PendingEntry entry = taken(one.take(Duration.ZERO, 8)).getFirst();

        one.acknowledgeNow(List.of(entry));

        assertThat(redis.server().xlen(RedisKeys.PENDING)).isZero();
        assertThat(pendingMessages().getCount()).isZero();
    }

    @Test
    void anEntryMayBeAcknowledgedByAnotherConsumer() throws Exception {
        addAged("a", LONG);
        two.acknowledgeNow(taken(one.take(Duration.ZERO, 8)).subList(0, 1));

        assertThat(pendingMessages().getCount()).isZero();
    }

    @Test
    void aGroupThatWasDestroyedIsMadeAgainAndMissesNothing() throws Exception {
        addAged("a", LONG);
        taken(one.take(Duration.ZERO, 8));
        redis.server().xgroupDestroy(RedisKeys.PENDING, RedisKeys.GROUP);

        assertThat(one.reclaim(Duration.ZERO, 8)).isEmpty();
        assertThat(lists(taken(one.take(Duration.ZERO, 8)))).containsExactly("a");
    }

    @Test
    void aStreamThatWasDeletedIsMadeAgain() throws Exception {
        addAged("a", LONG);
        PendingEntry entry = taken(one.take(Duration.ZERO, 8)).getFirst();
        redis.server().del(RedisKeys.PENDING);

        one.renew(entry);
        one.acknowledgeNow(List.of(entry));
        one.retireConsumers(Duration.ZERO);
        assertThat(one.reclaim(Duration.ZERO, 8)).isEmpty();
        assertThat(delay(one.take(LONG, 8))).isEqualTo(LONG);
        one.addNow("b", 5);
        assertThat(lists(taken(one.take(Duration.ZERO, 8)))).containsExactly("b");
    }

    @Test
    void theGroupIsMadeOnceAndStartsAtTheBeginning() throws Exception {
        addAged("a", LONG);
        redis.link().await(one.ensureGroup());
        redis.link().await(two.ensureGroup());

        assertThat(lists(taken(one.take(Duration.ZERO, 8)))).containsExactly("a");
    }

    @Test
    void theBacklogCountsWhatIsNotAcknowledgedAndTheAgeOfTheOldest() throws Exception {
        assertThat(all.backlog()).isEqualTo(new PendingStreams.Backlog(0, Duration.ZERO));
        addAged("a", Duration.ofSeconds(50));
        addAged("b", Duration.ofSeconds(10));
        PendingEntry oldest = taken(one.take(Duration.ofSeconds(30), 1)).getFirst();

        assertThat(all.backlog().keys()).isEqualTo(2);
        assertThat(all.backlog().lag()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(52));

        one.acknowledgeNow(List.of(oldest));
        assertThat(all.backlog().keys()).isEqualTo(1);
        assertThat(all.backlog().lag()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12));
    }

    @Test
    void aLookAtTheBacklogCostsRedisTheSameWhateverTheBacklog() throws Exception {
        addAged("first", LONG);
        Map<String, Long> ofOne = callsOfALook();
        IntStream.range(0, 5_000).forEach(i -> addAged("list" + i, LONG));
        for (int i = 0; i < 300; i++) {
            taken(one.take(Duration.ZERO, 8));
        }
        Map<String, Long> ofThousands = callsOfALook();

        assertThat(ofThousands)
                .isEqualTo(ofOne)
                .containsOnlyKeys("evalsha", "xrange", "xlen", "time");
        assertThat(Script.PENDING.source()).containsOnlyOnce("'COUNT', 1)");
    }

    /** How often a look runs each command, without the client's own. */
    private Map<String, Long> callsOfALook() throws Exception {
        all.backlog();
        redis.server().configResetstat();
        all.backlog();
        return redis.server()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_"))
                .map(line -> line.substring("cmdstat_".length()).split("[:=,]"))
                .filter(parts -> !parts[0].startsWith("config") && !parts[0].equals("info"))
                .collect(Collectors.toMap(parts -> parts[0], parts -> Long.valueOf(parts[2])));
    }

    @Test
    void pagesListEveryEntryTakenOrNot() throws Exception {
        Stream.of("a", "b", "c").forEach(list -> addAged(list, LONG));
        taken(one.take(Duration.ZERO, 1));

        PendingStream.Page first = one.page("0-0", 2);
        PendingStream.Page second = one.page(first.lastId(), 2);
        PendingStream.Page last = one.page(second.lastId(), 2);

        assertThat(first.lists()).containsExactly("a", "b");
        assertThat(second.lists()).containsExactly("c");
        assertThat(last).isEqualTo(new PendingStream.Page(second.lastId(), List.of()));
    }

    @Test
    void entriesThatOthersAddedInAFormOfTheirOwnAreHandedOutAllTheSame() throws Exception {
        redis.server().xadd(RedisKeys.PENDING, Map.of("nonsense", "1"));
        redis.server().xadd(RedisKeys.PENDING, Map.of("key", "a", "noticed_us", "noon"));
        redis.server().xadd(RedisKeys.PENDING, Map.of("key", "b", "noticed_us", "9".repeat(40)));
        redis.server().xadd(RedisKeys.PENDING, Map.of("key", "c"));

        List<PendingEntry> entries = taken(one.take(Duration.ZERO, 8));

        assertThat(lists(entries)).containsExactly("", "a", "b", "c");
        assertThat(entries).allMatch(entry -> entry.noticedMicros() == 0);
        assertThat(one.page("0-0", 8).lists()).containsExactly("", "a", "b", "c");
        assertThat(lists(two.reclaim(Duration.ZERO, 8))).containsExactly("", "a", "b", "c");
    }

    @Test
    void consumersWithoutWorkAreRetiredAndOthersAreNot() throws Exception {
        addAged("a", LONG);
        taken(one.take(Duration.ZERO, 8));
        addAged("b", LONG);
        two.acknowledgeNow(List.of(taken(two.take(Duration.ZERO, 8)).getFirst()));

        one.retireConsumers(LONG);
        assertThat(redis.server().xinfoConsumers(RedisKeys.PENDING, RedisKeys.GROUP)).hasSize(2);

        one.retireConsumers(Duration.ZERO);
        assertThat(redis.server().xinfoConsumers(RedisKeys.PENDING, RedisKeys.GROUP))
                .singleElement()
                .asString()
                .contains("one");
        assertThat(pendingMessages().getCount()).isEqualTo(1);
    }

    @Test
    void anEntryFromTheFutureIsDueForItIsTheTraceOfAClockThatSteppedBack() throws Exception {
        addAged("logs:user_a:1", Duration.ofHours(-1));

        assertThat(taken(one.take(Duration.ofSeconds(60), 8)))
                .extracting(PendingEntry::list)
                .containsExactly("logs:user_a:1");
    }

    @Test
    void anEntryGivenBackIsReclaimedAtOnce() throws Exception {
        Duration lease = Duration.ofMinutes(10);
        addAged("logs:user_a:1", Duration.ofSeconds(5));
        PendingEntry entry = taken(one.take(Duration.ofSeconds(1), 8)).getFirst();
        assertThat(two.reclaim(lease, 8)).isEmpty();

        one.giveBack(entry, lease);

        assertThat(two.reclaim(lease, 8)).extracting(PendingEntry::id).containsExactly(entry.id());
    }
}
