package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.XAddArgs;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
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

/** Replicas that read several streams, and are restarted with another number of them. */
class SeveralStreamsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofMillis(200);

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private DrainStage start(RedisCalls calls, String replica, int streams, int workers) {
        return start(calls, replica, streams, workers, SOON);
    }

    private DrainStage start(
            RedisCalls calls, String replica, int streams, int workers, Duration sweepPeriod) {
        DrainStage.Pace pace = new DrainStage.Pace(SOON, LONG, sweepPeriod, workers, 100);
        return new DrainStage(calls, logDir, replica, pace, new StreamSet(streams));
    }

    private static PendingStreams writer(int streams) {
        return new PendingStreams(redis.link(), "api", new StreamSet(streams));
    }

    private static List<String> lists(String user, int count) {
        return IntStream.range(0, count).mapToObj(i -> "logs:user_" + user + ":" + i).toList();
    }

    /** What an API of a setting leaves behind. */
    private static void push(PendingStreams writer, List<String> lists) throws Exception {
        long micros = Long.parseLong(redis.server().time().getFirst()) * 1_000_000;
        for (String list : lists) {
            redis.server().rpush(list, "of " + list);
            redis.server().expire(list, 600);
            writer.of(list).addNow(list, micros);
        }
    }

    private static void enter(int stream, String id, String list) {
        redis.server().rpush(list, "of " + list);
        redis.server()
                .xadd(
                        RedisKeys.pending(stream),
                        new XAddArgs().id(id),
                        Map.of("key", list, "noticed_us", "1"));
    }

    private static void assertOnceEach(DrainStage stage, List<String> lists) {
        assertThat(lists)
                .allSatisfy(list -> assertThat(stage.lines(list)).containsExactly("of " + list));
    }

    private static List<String> streams() {
        return redis.server().keys("logs:pending*");
    }

    @Test
    void eachListIsDrainedWhateverItsStream() throws Exception {
        List<String> lists = lists("a", 60);
        push(writer(3), lists);
        Await.until("all are known", () -> writer(3).backlog().keys() == 60);

        try (DrainStage one = start(redis.link(), "one", 3, 2);
                DrainStage two = start(redis.link(), "two", 3, 2)) {
            one.awaitQuiet();
            two.awaitQuiet();

            assertOnceEach(one, lists);
            assertThat(one.telemetry.swept).hasValue(0);
            assertThat(two.telemetry.swept).hasValue(0);
        }
        assertThat(streams()).hasSize(3);
    }

    @Test
    void fromOneStreamToFourToTwoWhileAnOldWriterGoesOnEachListIsDrainedOnce() throws Exception {
        List<String> all = new ArrayList<>();
        PendingStreams oldest = writer(1);
        PendingStreams old = writer(4);
        try (DrainStage first = start(redis.link(), "first", 1, 2)) {
            all.addAll(pushAll("up", oldest, old));
            first.awaitAdmission();
            try (DrainStage second = start(redis.link(), "second", 4, 2)) {
                all.addAll(pushAll("both", oldest, old));
                first.stop();
                all.addAll(pushAll("four", oldest, old));
                try (DrainStage third = start(redis.link(), "third", 2, 2)) {
                    second.stop();
                    all.addAll(pushAll("down", old, writer(2)));
                    awaitEmpty();
                    third.awaitQuiet();

                    // It was asleep for so long.
                    all.addAll(pushAll("late", old));
                    awaitEmpty();
                    third.awaitQuiet();

                    assertOnceEach(third, all);
                    Await.until(
                            "streams of nobody are gone",
                            () ->
                                    List.of(RedisKeys.pending(0), RedisKeys.pending(1))
                                            .containsAll(streams()));
                    assertThat(third.telemetry.expired).isEmpty();
                }
            }
        }
    }

    private static List<String> pushAll(String user, PendingStreams... writers) throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < writers.length; i++) {
            List<String> lists = lists(user + i, 20);
            push(writers[i], lists);
            all.addAll(lists);
        }
        return all;
    }

    /** Of whatever setting. */
    private static void awaitEmpty() {
        Await.until("nothing is pending", () -> writer(StreamSet.STREAMS_MAX).look().keys() == 0);
    }

    @Test
    void aSweepKnowsTheEntriesOfStreamsOfAnotherSetting() throws Exception {
        List<String> lists = lists("a", 40);
        push(writer(4), lists);
        redis.server().rpush("logs:user_b:1", "of logs:user_b:1");
        Await.until("all are known", () -> writer(4).backlog().keys() == 40);
        // No drainer of whatever volume is admitted.
        redis.server().set("logs:volume", "another");

        try (DrainStage stage = start(redis.link(), "one", 1, 2)) {
            Await.until("it swept", () -> stage.telemetry.sweeps.get() >= 2);

            assertThat(stage.telemetry.swept).hasValue(1);
            assertThat(writer(4).look().keys()).isEqualTo(41);

            redis.server().del("logs:volume");
            Await.until("all are drained", () -> stage.telemetry.drained.size() == 41);
            Await.until("one stream is left", () -> streams().equals(List.of("logs:pending")));
            assertOnceEach(stage, lists);
        }
    }

    @Test
    void entriesOfOneIdInTwoStreamsAreWorkedOnAtOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        redis.server().set("logs:volume", "another");
        enter(0, "5-1", "logs:user_a:1");
        enter(1, "5-1", "logs:user_b:1");

        try (DrainStage stage = start(redis.link(), "one", 2, 2)) {
            stage.landed =
                    (userDay, elements) -> {
                        both.countDown();
                        Await.until("the other one lands", () -> both.getCount() == 0);
                    };
            redis.server().del("logs:volume");
            Await.until("both are drained", () -> stage.telemetry.drained.size() == 2);
            stage.awaitQuiet();
        }
    }

    @Test
    void aStreamWithMuchToDoKeepsNoOtherWaiting() throws Exception {
        redis.server().set("logs:volume", "another");
        for (int i = 1; i <= 60; i++) {
            enter(0, i + "-1", "logs:user_busy:" + i);
        }
        enter(1, "1-1", "logs:user_quiet:1");
        enter(2, "1-1", "logs:user_quiet:2");

        try (DrainStage stage = start(redis.link(), "one", 3, 1)) {
            redis.server().del("logs:volume");
            Await.until("all are drained", () -> stage.telemetry.drained.size() == 62);

            assertThat(stage.telemetry.drained.subList(0, 20))
                    .contains("logs:user_quiet:1", "logs:user_quiet:2");
        }
    }

    @Test
    void aSilentStreamHoldsUpOneWorkerAndNoOtherStream() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.patience(Duration.ofMinutes(10));
        CompletableFuture<Void> silence = calls.hold(Script.TAKE, RedisKeys.pending(1));
        // No sweep finds them.
        try (DrainStage stage = start(calls, "one", 2, 2, Duration.ofHours(1))) {
            try {
                stage.awaitAdmission();
                for (int i = 1; i <= 5; i++) {
                    String list = "logs:user_a:" + i;
                    enter(0, i + "-1", list);
                    Await.until("it is drained", () -> stage.telemetry.drained.contains(list));
                }
                enter(1, "1-1", "logs:user_b:1");
            } finally {
                // Else the stage would wait for it to end.
                silence.complete(null);
            }
            Await.until("so is that of the other", () -> stage.telemetry.drained.size() == 6);
        }
    }

    @Test
    void aWorkerThatWaitsIsToldOfWhatAnotherOneTook() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.patience(Duration.ofMinutes(10));
        PendingStreams streams = new PendingStreams(calls, "one", new StreamSet(1));
        MonotonicClock clock = MonotonicClock.system();
        Claims claims = new Claims(calls, LONG, LONG, 1, 1);
        DayFiles files = new DayFiles(new NioDisk(), logDir, LONG, clock, (path, cause) -> null);
        NewFiles newFiles = new NewFiles(claims, files, new RecordedTelemetry());
        Intake intake = new Intake(streams, newFiles, clock, Duration.ZERO, LONG, "one", 2);
        CompletableFuture<Void> gate = calls.hold(Script.TAKE);
        enter(0, "1-1", "logs:user_a:1");
        enter(0, "2-1", "logs:user_a:2");
        CountDownLatch atIt = new CountDownLatch(1);
        calls.before(Script.TAKE, atIt::countDown, 1);
        CompletableFuture<Intake.Next> taker = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        taker.complete(intake.next(() -> {}));
                    } catch (Exception failed) {
                        taker.completeExceptionally(failed);
                    }
                });
        atIt.await();

        long news = intake.news();
        assertThat(intake.next(() -> {})).isInstanceOf(Intake.Next.Wait.class);
        CompletableFuture<Void> told = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        intake.awaitNews(news, Duration.ofMinutes(10));
                        told.complete(null);
                    } catch (InterruptedException stopped) {
                        told.completeExceptionally(stopped);
                    }
                });
        gate.complete(null);
        Await.until("it is told", told::isDone);

        assertThat(intake.next(() -> {})).isInstanceOf(Intake.Next.Drain.class);
        assertThat(taker.get()).isInstanceOf(Intake.Next.Drain.class);
    }

    @Test
    void aSilentStreamKeepsNoListFromBeingSwept() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.hold(Script.ENTRIES, RedisKeys.pending(1))
                .completeExceptionally(new RedisFailure(RedisFailure.Kind.TIMED_OUT, "silent"));
        redis.server().set("logs:volume", "another");
        List<String> lists = lists("a", 40);
        for (String list : lists) {
            redis.server().rpush(list, "of " + list);
            redis.server().expire(list, 200);
        }
        List<String> ofTheOther =
                lists.stream().filter(list -> writer(2).of(list).number() == 0).toList();

        try (DrainStage stage = start(calls, "one", 2, 1)) {
            Await.until("it swept", () -> stage.telemetry.sweeps.get() >= 2);

            assertThat(lists)
                    .allSatisfy(list -> assertThat(redis.server().ttl(list)).isGreaterThan(500));
            assertThat(writer(2).read().getFirst().page("0-0", 100).lists())
                    .containsExactlyInAnyOrderElementsOf(ofTheOther);
            assertThat(redis.server().xlen(RedisKeys.pending(1))).isZero();
        }
    }
}
