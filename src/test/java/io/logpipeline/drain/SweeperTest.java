package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.LockKind;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a sweep finds, what it leaves alone, and who sweeps. */
class SweeperTest {
    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final Duration LIFE = Duration.ofSeconds(600);
    private static final String LIST = "logs:user_a:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final Watchdog watchdog = new Watchdog(MonotonicClock.system()::nanoTime);
    private final List<Sweeper> started = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (Sweeper sweeper : started) {
            sweeper.stop();
        }
    }

    private Sweeper start(String replica) {
        return start(replica, redis.link(), telemetry);
    }

    private Sweeper start(String replica, RedisCalls calls, RecordedTelemetry told) {
        return start(replica, calls, told, PERIOD);
    }

    private Sweeper start(
            String replica, RedisCalls calls, RecordedTelemetry told, Duration period) {
        Sweeper sweeper =
                new Sweeper(
                                new ListScan(calls, "logs:user_*:*", LIFE),
                                new PendingStreams(calls, replica, new StreamSet(1)),
                                new Leases(calls),
                                told,
                                watchdog,
                                MonotonicClock.system(),
                                replica,
                                period)
                        .start();
        started.add(sweeper);
        return sweeper;
    }

    /** A sweep that began after now has ended. */
    private void awaitWholeSweep() {
        int before = telemetry.sweeps.get();
        Await.until("two sweeps later", () -> telemetry.sweeps.get() >= before + 3);
    }

    private static List<String> entries() {
        return redis.server().xrange(RedisKeys.PENDING, Range.unbounded()).stream()
                .map(entry -> entry.getBody().get("key"))
                .toList();
    }

    private static PendingStream stream(String consumer) {
        return new PendingStreams(redis.link(), consumer, new StreamSet(1)).read().getFirst();
    }

    private static void addEntry(String list) {
        redis.server().xadd(RedisKeys.PENDING, Map.of("key", list, "noticed_us", "1"));
    }

    @Test
    void listsAndBatchesWithoutAnEntryGetOneEach() {
        redis.server().rpush(LIST, "1");
        redis.server().rpush("{logs:user_b:2}:batch", "1");
        redis.server().rpush("logs:user_c:3", "1");
        redis.server().rpush("{logs:user_c:3}:batch", "1");

        start("one");
        awaitWholeSweep();

        assertThat(entries()).containsExactlyInAnyOrder(LIST, "logs:user_b:2", "logs:user_c:3");
        assertThat(telemetry.swept).hasValue(3);
    }

    @Test
    void anEntryOfTheSweepSaysWhenTheListWasSeen() throws Exception {
        redis.server().rpush(LIST, "1");
        long before = Long.parseLong(redis.server().time().getFirst()) * 1_000_000;

        start("one");
        awaitWholeSweep();

        PendingStream.Taken taken = stream("x").take(Duration.ZERO, 1);
        PendingEntry entry = ((PendingStream.Taken.Entries) taken).entries().getFirst();
        assertThat(entry.noticedMicros()).isBetween(before, before + 60_000_000);
    }

    @Test
    void manyListsAreFoundPageByPage() {
        for (int i = 0; i < 3000; i++) {
            redis.server().rpush("logs:user_" + i + ":1", "1");
            if (i % 2 == 0) {
                addEntry("logs:user_" + i + ":1");
            }
        }

        start("one");
        Await.until("the sweep is done", () -> entries().size() >= 3000);
        awaitWholeSweep();

        assertThat(entries()).hasSize(3000).doesNotHaveDuplicates();
        assertThat(telemetry.swept).hasValue(1500);
    }

    @Test
    void aListWithAnEntryGetsNoSecondOneTakenOrNot() throws Exception {
        redis.server().rpush(LIST, "1");
        redis.server().rpush("logs:user_b:1", "1");
        addEntry(LIST);
        stream("worker").take(Duration.ZERO, 8);
        addEntry("logs:user_b:1");

        start("one");
        awaitWholeSweep();

        assertThat(entries()).containsExactly(LIST, "logs:user_b:1");
        assertThat(telemetry.swept).hasValue(0);
    }

    @Test
    void entriesInAFormOfOthersDoNotHideThoseBehindThem() {
        for (int i = 0; i < 1500; i++) {
            if (i % 100 == 0) {
                redis.server().xadd(RedisKeys.PENDING, Map.of("nonsense", "1"));
            }
            redis.server().rpush("logs:user_" + i + ":1", "1");
            addEntry("logs:user_" + i + ":1");
        }

        start("one");
        awaitWholeSweep();

        assertThat(telemetry.swept).hasValue(0);
    }

    @Test
    void listsThatBeginDuringASweepAreNotTakenForForgotten() {
        start("one");
        for (int i = 0; i < 4000 || telemetry.sweeps.get() < 5; i++) {
            addEntry("logs:user_" + i + ":1");
            redis.server().rpush("logs:user_" + i + ":1", "1");
        }
        awaitWholeSweep();

        assertThat(telemetry.swept).hasValue(0);
        assertThat(entries()).doesNotHaveDuplicates();
    }

    @Test
    void listsThatWaitAreKeptAliveThoughNoScanEverSucceeds() {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.losePageOf(1);
        for (int i = 0; i < 1500; i++) {
            String list = "logs:user_" + i + ":1";
            redis.server().rpush(list, "1");
            redis.server().expire(list, 100);
            addEntry(list);
        }

        start("one", calls, telemetry);

        Await.until(
                "each lives its full time again",
                () -> {
                    for (int i = 0; i < 1500; i++) {
                        if (redis.server().ttl("logs:user_" + i + ":1") < 300) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    @Test
    void aSweepThatFailsGoesOnWhereItStopped() {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.losePageOf(2);
        for (int i = 0; i < 1500; i++) {
            redis.server().rpush("logs:user_" + i + ":1", "1");
            redis.server().rpush("{logs:user_b" + i + ":1}:batch", "1");
        }

        start("one", calls, telemetry);

        Await.until("all are found", () -> entries().size() >= 3000);
        assertThat(entries()).doesNotHaveDuplicates();
    }

    @Test
    void aListWithLessThanHalfItsLifeLeftGetsItsFullLifeAgain() {
        redis.server().rpush(LIST, "1");
        redis.server().expire(LIST, 290);
        redis.server().rpush("logs:user_young:1", "1");
        redis.server().expire("logs:user_young:1", 400);
        redis.server().rpush("logs:user_foreign:1", "1");

        start("one");
        awaitWholeSweep();

        assertThat(redis.server().ttl(LIST)).isBetween(590L, 600L);
        assertThat(redis.server().ttl("logs:user_young:1")).isBetween(380L, 400L);
        assertThat(redis.server().ttl("logs:user_foreign:1")).isEqualTo(-1);
    }

    @Test
    void keysWithoutACanonicalFormAreCountedAndLeftAlone() {
        List<String> odd =
                List.of(
                        "logs:user_../../x:1",
                        "logs:user_a:01",
                        "logs:user_%2f:1",
                        "logs:user_:1",
                        "logs:user_a:tomorrow",
                        "logs:user_é:1");
        odd.forEach(key -> redis.server().rpush(key, "1"));
        odd.forEach(key -> redis.server().expire(key, 100));
        redis.server().rpush("{logs:user_../y:1}:batch", "1");
        redis.server().rpush("{logs:user_a:1}:once:x}:batch", "1");
        redis.server().rpush("logs:user_%2F:1", "1");

        start("one");
        awaitWholeSweep();

        assertThat(telemetry.unrecognizedAtLastSweep).hasValue(odd.size());
        assertThat(telemetry.unrecognized).contains("logs:user_../../x:1", "logs:user_a:01");
        assertThat(entries()).containsExactly("logs:user_%2F:1");
        for (String key : odd) {
            assertThat(redis.list(key)).containsExactly("1");
            assertThat(redis.server().ttl(key)).isBetween(1L, 100L);
        }
    }

    @Test
    void aKeyOfAnotherTypeGetsAnEntryOfWhichTheClaimTells() {
        redis.server().set(LIST, "text");
        redis.server().expire(LIST, 100);

        start("one");
        awaitWholeSweep();

        assertThat(entries()).containsExactly(LIST);
        assertThat(redis.server().ttl(LIST)).isBetween(1L, 100L);
    }

    @Test
    void ofTwoSweepersOneLeadsAndTheOtherTakesOverWhenItResigns() throws Exception {
        // Longer than a busy machine holds up a thread: the lock outlives the period by a quarter.
        Duration period = Duration.ofSeconds(4);
        Sweeper one = start("one", redis.link(), telemetry, period);
        Await.until("one leads", one::leads);
        RecordedTelemetry other = new RecordedTelemetry();
        Sweeper two = start("two", redis.link(), other, period);
        Await.until("two was refused", () -> other.busy.contains(LockKind.SWEEPER));
        assertThat(one.leads()).isTrue();
        assertThat(two.leads()).isFalse();
        assertThat(other.sweeps).hasValue(0);

        one.stop();

        Await.until("two leads", two::leads);
        Await.until("two sweeps", () -> other.sweeps.get() > 0);
    }

    @Test
    void aSweeperResignsWhenItStops() throws Exception {
        Sweeper one = start("one");
        Await.until("one leads", one::leads);
        assertThat(redis.server().get("logs:sweeper")).isEqualTo("one");

        one.stop();

        assertThat(redis.server().exists("logs:sweeper")).isZero();
    }

    @Test
    void theLeaseOfALeaderThatIsGoneEnds() throws Exception {
        assertThat(new Leases(redis.link()).leadSweep("gone", Duration.ofMinutes(5))).isTrue();
        assertThat(redis.server().pttl("logs:sweeper")).isPositive();
        redis.server().rpush(LIST, "1");
        Sweeper two = start("two");
        Await.until("two was refused", () -> telemetry.busy.contains(LockKind.SWEEPER));
        assertThat(two.leads()).isFalse();

        redis.server().pexpire("logs:sweeper", 1);

        Await.until("two leads", two::leads);
        awaitWholeSweep();

        assertThat(entries()).containsExactly(LIST);
    }

    @Test
    void aLongWaitBetweenTwoSweepsIsNoStall() {
        AtomicLong nanos = new AtomicLong();
        Watchdog watching = new Watchdog(nanos::get);
        Sweeper patient =
                new Sweeper(
                                new ListScan(redis.link(), "logs:user_*:*", LIFE),
                                new PendingStreams(redis.link(), "one", new StreamSet(1)),
                                new Leases(redis.link()),
                                telemetry,
                                watching,
                                MonotonicClock.system(),
                                "one",
                                Duration.ofHours(1))
                        .start();
        started.add(patient);
        Await.until("it swept", () -> telemetry.sweeps.get() == 1);

        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        Await.until("it beat", () -> watching.stalled(Duration.ofSeconds(20)).isEmpty());
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        Await.until("it beat again", () -> watching.stalled(Duration.ofSeconds(20)).isEmpty());

        assertThat(telemetry.sweeps).hasValue(1);
    }

    @Test
    void aStreamThatWasDeletedIsFilledAnew() {
        redis.server().rpush(LIST, "1");
        addEntry(LIST);
        start("one");
        awaitWholeSweep();

        redis.server().del(RedisKeys.PENDING);

        Await.untilAsserted("it is known again", () -> assertThat(entries()).contains(LIST));
        awaitWholeSweep();
        assertThat(entries()).containsExactly(LIST);
    }
}
