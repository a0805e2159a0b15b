package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** From a list to its file, with real Redis and real files. */
class DrainerTest {
    private static final Duration LEASE = Duration.ofMillis(700);
    private static final Duration LONG_LEASE = Duration.ofSeconds(60);
    private static final String LIST = "logs:user_a:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private DrainStage start(Duration lease) {
        return start(redis.link(), lease, 2);
    }

    private DrainStage start(RedisCalls calls, Duration lease, int workers) {
        return new DrainStage(calls, logDir, "replica", lease, workers);
    }

    @Test
    void listsLandInTheirFilesAndNothingStaysBehind() throws Exception {
        try (DrainStage stage = start(LONG_LEASE)) {
            // Between a list and its entry it would add a second one, for the other worker.
            stage.sweeper.stop();
            push(redis, LIST, "1", "2");
            push(redis, "logs:user_a:2", "3");
            push(redis, "logs:user_%2F..%2F:19818", "4");
            Await.until("three lists are drained", () -> stage.telemetry.drained.size() == 3);
            push(redis, LIST, "5");
            Await.until("one more is drained", () -> stage.telemetry.drained.size() == 4);
            stage.awaitQuiet();

            assertThat(logDir.resolve("user_a/1.jsonl")).hasContent("1\n2\n5\n");
            assertThat(logDir.resolve("user_a/2.jsonl")).hasContent("3\n");
            assertThat(logDir.resolve("user_%2F..%2F/19818.jsonl")).hasContent("4\n");
            assertSettled(redis, stage, LIST);
            assertSettled(redis, stage, "logs:user_a:2");
            assertThat(stage.telemetry.events).hasValue(5);
            assertThat(stage.telemetry.failures).isEmpty();
            assertThat(stage.telemetry.repairs).isEmpty();
            assertThat(stage.telemetry.expired).isEmpty();
        }
    }

    @Test
    void listsTakenTogetherDoNotWaitForTheOneThatTakesLong() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.patience(Duration.ofMinutes(1));
        CompletableFuture<Void> claim = calls.hold(Script.CLAIM, LIST);
        CountDownLatch others = new CountDownLatch(7);
        // Nobody is admitted yet: the first take finds all of them.
        redis.server().set("logs:volume", "another");
        push(redis, LIST, "long");
        for (int day = 2; day <= 8; day++) {
            push(redis, "logs:user_a:" + day, "short");
        }
        Drainer.Landed landing =
                (userDay, elements) -> {
                    others.countDown();
                    if (others.getCount() == 0) {
                        claim.complete(null);
                    }
                };
        try (DrainStage stage = start(calls, LONG_LEASE, 2)) {
            stage.landed = landing;
            redis.server().del("logs:volume");
            Await.until("all are drained", () -> stage.telemetry.drained.size() == 8);
            assertThat(stage.telemetry.drained).last().isEqualTo(LIST);
        }
    }

    @Test
    void aListPushedByOthersIsFoundBySweeping() throws Exception {
        try (DrainStage stage = start(LONG_LEASE)) {
            redis.server().rpush("logs:user_foreign:7", "1", "2");
            Await.until("it landed", () -> !stage.telemetry.drained.isEmpty());
            stage.awaitQuiet();

            assertThat(stage.lines("logs:user_foreign:7")).containsExactly("1", "2");
            // A worker may be faster than what tells of it.
            Await.until("it is told", () -> stage.telemetry.swept.get() > 0);
        }
    }

    @Test
    void aKeyOfAnotherTypeHoldsUpNobody() throws Exception {
        try (DrainStage stage = start(LONG_LEASE)) {
            redis.server().set("logs:user_text:1", "text");
            redis.server()
                    .xadd(RedisKeys.PENDING, Map.of("key", "logs:user_text:1", "noticed_us", "1"));
            push(redis, LIST, "1");
            Await.until("the other landed", () -> stage.telemetry.drained.contains(LIST));
            Await.until(
                    "it is told",
                    () ->
                            stage.telemetry.failures("logs:user_text:1").stream()
                                    .anyMatch(one -> one.reason() == DrainFailure.WRONG_TYPE));

            assertThat(redis.server().get("logs:user_text:1")).isEqualTo("text");
            assertThat(stage.lines(LIST)).containsExactly("1");
        }
    }

    @Test
    void aListThatExpiredIsToldOnce() throws Exception {
        push(redis, LIST, "1");
        push(redis, LIST, "2");
        redis.server().del(LIST);
        try (DrainStage stage = start(LONG_LEASE)) {
            stage.awaitQuiet();

            assertThat(stage.telemetry.expired).containsExactly(LIST);
            assertThat(stage.path(LIST)).doesNotExist();
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsTriedAgainWhileOthersGoOn() throws Exception {
        String blocked = "logs:user_blocked:1";
        Path obstacle = Files.createFile(logDir.resolve("user_blocked"));
        try (DrainStage stage = start(LONG_LEASE)) {
            // Between a list and its entry it would add a second one, for the other worker.
            stage.sweeper.stop();
            push(redis, blocked, "1", "2");
            push(redis, LIST, "1");
            Await.until("the other landed", () -> stage.telemetry.drained.contains(LIST));
            Await.until("it failed often", () -> stage.telemetry.failures(blocked).size() >= 3);
            assertThat(stage.telemetry.failures(blocked))
                    .allMatch(failure -> failure.reason() == DrainFailure.IO);
            push(redis, "logs:user_b:1", "1");
            Await.until("another landed", () -> stage.telemetry.drained.contains("logs:user_b:1"));

            Files.delete(obstacle);
            Await.until("it landed", () -> stage.telemetry.drained.contains(blocked));
            stage.awaitQuiet();

            assertThat(stage.lines(blocked)).containsExactly("1", "2");
            assertSettled(redis, stage, blocked);
        }
    }

    @Test
    void aClaimThatADeadWorkerLeftIsTakenOverAfterTheLease() throws Exception {
        Claims.Admission admission;
        try (DrainStage first = start(LEASE)) {
            first.awaitAdmission();
            admission = first.keeper.admission();
        }
        // Kept until the next stage renews it.
        redis.server().set("logs:volume", admission.volumeId());
        push(redis, LIST, "1", "2");
        Claims claims = new Claims(redis.link(), LEASE, Duration.ofHours(1), 100, 1000, 1000);
        PendingStreams dead = new PendingStreams(redis.link(), "dead", new StreamSet(1));
        PendingEntry entry =
                ((PendingStream.Taken.Entries) dead.of(LIST).take(Duration.ZERO, 8))
                        .entries()
                        .getFirst();
        assertThat(claims.claim(entry, "dead/1", 0, admission))
                .isInstanceOf(ClaimOutcome.Claimed.class);
        try (DrainStage stage = start(LEASE)) {
            push(redis, LIST, "3");

            Await.until("all landed", () -> stage.lines(LIST).size() == 3);
            stage.awaitQuiet();

            assertThat(stage.lines(LIST)).containsExactly("1", "2", "3");
            assertThat(stage.telemetry.repairs(LIST)).contains(Recovery.RECLAIMED);
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void aLongListIsDrainedChunkByChunk() throws Exception {
        List<String> elements = IntStream.range(0, 20_000).mapToObj(Integer::toString).toList();
        try (DrainStage stage = start(LONG_LEASE)) {
            push(redis, LIST, elements.toArray(String[]::new));
            Await.until("it landed", () -> !stage.telemetry.drained.isEmpty());
            stage.awaitQuiet();

            assertThat(stage.lines(LIST)).isEqualTo(elements);
            assertThat(stage.telemetry.chunks)
                    .hasValue((20_000 + DrainStage.CHUNK_ELEMENTS - 1) / DrainStage.CHUNK_ELEMENTS);
            assertThat(stage.telemetry.drained).containsExactly(LIST);
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void eventsPushedWhileTheListIsInHandLandInTheNextDrain() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        CompletableFuture<Void> commits = calls.hold(Script.COMMIT);
        try (DrainStage stage = start(calls, LONG_LEASE, 1)) {
            stage.awaitAdmission();
            stage.sweeper.stop();
            push(redis, LIST, "1");
            Await.until("it is written", () -> stage.lines(LIST).size() == 1);
            redis.server().rpush(LIST, "2");
            commits.complete(null);

            Await.until("both landed", () -> stage.telemetry.drained.size() == 2);
            stage.awaitQuiet();
            assertThat(stage.lines(LIST)).containsExactly("1", "2");
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void entriesInAFormOfOthersEndAndHoldUpNobody() throws Exception {
        try (DrainStage stage = start(LEASE)) {
            for (int i = 0; i < 20; i++) {
                redis.server().xadd(RedisKeys.PENDING, Map.of("nonsense", "1"));
                redis.server().xadd(RedisKeys.PENDING, Map.of("key", "a:b", "noticed_us", "noon"));
            }
            push(redis, LIST, "1");
            Await.until("it landed", () -> stage.telemetry.drained.contains(LIST));
            stage.awaitQuiet();

            assertThat(stage.telemetry.unrecognized).contains("", "a:b");
        }
    }

    @Test
    void aStoreThatForgotEverythingIsDrainedAnew() throws Exception {
        try (DrainStage stage = start(LONG_LEASE)) {
            push(redis, LIST, "1");
            Await.until("it landed", () -> stage.telemetry.drained.size() == 1);
            stage.awaitQuiet();
            redis.server().flushall();
            push(redis, LIST, "1");
            Await.until("the same landed again", () -> stage.telemetry.drained.size() == 2);
            stage.awaitQuiet();

            assertThat(stage.lines(LIST)).containsExactly("1", "1");
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void twoReplicasDrainEveryEventOnce() throws Exception {
        List<String> lists = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            lists.add("logs:user_" + i + ":1");
        }
        try (DrainStage one = new DrainStage(redis.link(), logDir, "one", LONG_LEASE, 2);
                DrainStage two = new DrainStage(redis.link(), logDir, "two", LONG_LEASE, 2)) {
            for (int round = 0; round < 20; round++) {
                for (String list : lists) {
                    redis.server().rpush(list, Integer.toString(round));
                    if (round % 5 == 0) {
                        redis.server()
                                .xadd(RedisKeys.PENDING, Map.of("key", list, "noticed_us", "1"));
                    }
                }
            }
            Await.until(
                    "all landed",
                    () -> lists.stream().allMatch(list -> one.lines(list).size() == 20));
            one.awaitQuiet();
            two.awaitQuiet();

            List<String> rounds = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
            for (String list : lists) {
                assertThat(one.lines(list)).isEqualTo(rounds);
            }
            assertThat(one.telemetry.events.get() + two.telemetry.events.get()).isEqualTo(600);
        }
    }
}
