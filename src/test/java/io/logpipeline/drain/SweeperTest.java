package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a sweep finds, and what it leaves alone. */
class SweeperTest {
    private static final String LIST = "logs:user_a:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @RegisterExtension private final StartedSweepers sweepers = new StartedSweepers(redis);

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

        sweepers.start("one");
        sweepers.awaitWhole();

        assertThat(sweepers.entries())
                .containsExactlyInAnyOrder(LIST, "logs:user_b:2", "logs:user_c:3");
        assertThat(sweepers.telemetry.swept).hasValue(3);
    }

    @Test
    void anEntryOfTheSweepSaysWhenTheListWasSeen() throws Exception {
        redis.server().rpush(LIST, "1");
        long before = Long.parseLong(redis.server().time().getFirst()) * 1_000_000;

        sweepers.start("one");
        sweepers.awaitWhole();

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

        sweepers.start("one");
        Await.until("the sweep is done", () -> sweepers.entries().size() >= 3000);
        sweepers.awaitWhole();

        assertThat(sweepers.entries()).hasSize(3000).doesNotHaveDuplicates();
        assertThat(sweepers.telemetry.swept).hasValue(1500);
    }

    @Test
    void aListWithAnEntryGetsNoSecondOneTakenOrNot() throws Exception {
        redis.server().rpush(LIST, "1");
        redis.server().rpush("logs:user_b:1", "1");
        addEntry(LIST);
        stream("worker").take(Duration.ZERO, 8);
        addEntry("logs:user_b:1");

        sweepers.start("one");
        sweepers.awaitWhole();

        assertThat(sweepers.entries()).containsExactly(LIST, "logs:user_b:1");
        assertThat(sweepers.telemetry.swept).hasValue(0);
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

        sweepers.start("one");
        sweepers.awaitWhole();

        assertThat(sweepers.telemetry.swept).hasValue(0);
    }

    @Test
    void listsThatBeginDuringASweepAreNotTakenForForgotten() {
        sweepers.start("one");
        for (int i = 0; i < 4000 || sweepers.telemetry.sweeps.get() < 5; i++) {
            addEntry("logs:user_" + i + ":1");
            redis.server().rpush("logs:user_" + i + ":1", "1");
        }
        sweepers.awaitWhole();

        assertThat(sweepers.telemetry.swept).hasValue(0);
        assertThat(sweepers.entries()).doesNotHaveDuplicates();
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

        sweepers.start("one", calls, sweepers.telemetry);

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

        sweepers.start("one", calls, sweepers.telemetry);

        Await.until("all are found", () -> sweepers.entries().size() >= 3000);
        assertThat(sweepers.entries()).doesNotHaveDuplicates();
    }

    @Test
    void aListWithLessThanHalfItsLifeLeftGetsItsFullLifeAgain() {
        redis.server().rpush(LIST, "1");
        redis.server().expire(LIST, 290);
        redis.server().rpush("logs:user_young:1", "1");
        redis.server().expire("logs:user_young:1", 400);
        redis.server().rpush("logs:user_foreign:1", "1");

        sweepers.start("one");
        sweepers.awaitWhole();

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

        sweepers.start("one");
        sweepers.awaitWhole();

        assertThat(sweepers.telemetry.unrecognizedAtLastSweep).hasValue(odd.size());
        assertThat(sweepers.telemetry.unrecognized)
                .contains("logs:user_../../x:1", "logs:user_a:01");
        assertThat(sweepers.entries()).containsExactly("logs:user_%2F:1");
        for (String key : odd) {
            assertThat(redis.list(key)).containsExactly("1");
            assertThat(redis.server().ttl(key)).isBetween(1L, 100L);
        }
    }

    @Test
    void aKeyOfAnotherTypeGetsAnEntryOfWhichTheClaimTells() {
        redis.server().set(LIST, "text");
        redis.server().expire(LIST, 100);

        sweepers.start("one");
        sweepers.awaitWhole();

        assertThat(sweepers.entries()).containsExactly(LIST);
        assertThat(redis.server().ttl(LIST)).isBetween(1L, 100L);
    }

    @Test
    void aLongWaitBetweenTwoSweepsIsNoStall() {
        AtomicLong nanos = new AtomicLong();
        Watchdog watching = new Watchdog(nanos::get);
        sweepers.start("one", redis.link(), sweepers.telemetry, Duration.ofHours(1), watching);
        Await.until("it swept", () -> sweepers.telemetry.sweeps.get() == 1);

        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        Await.until("it beat", () -> watching.stalled(Duration.ofSeconds(20)).isEmpty());
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        Await.until("it beat again", () -> watching.stalled(Duration.ofSeconds(20)).isEmpty());

        assertThat(sweepers.telemetry.sweeps).hasValue(1);
    }

    @Test
    void aStreamThatWasDeletedIsFilledAnew() {
        redis.server().rpush(LIST, "1");
        addEntry(LIST);
        sweepers.start("one");
        sweepers.awaitWhole();

        redis.server().del(RedisKeys.PENDING);

        Await.untilAsserted(
                "it is known again", () -> assertThat(sweepers.entries()).contains(LIST));
        sweepers.awaitWhole();
        assertThat(sweepers.entries()).containsExactly(LIST);
    }
}
