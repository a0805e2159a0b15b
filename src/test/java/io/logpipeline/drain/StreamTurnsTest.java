package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.XAddArgs;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingCalls;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How the workers of one replica share several streams. */
class StreamTurnsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private static void enter(int stream, String id, String list) {
        redis.server().rpush(list, "of " + list);
        redis.server()
                .xadd(
                        RedisKeys.pending(stream),
                        new XAddArgs().id(id),
                        Map.of("key", list, "noticed_us", "1"));
    }

    @Test
    void entriesOfOneIdInTwoStreamsAreWorkedOnAtOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        RedisCalls calls =
                new ForwardingCalls(redis.link()) {
                    @Override
                    protected void before(Script script) {
                        if (script == Script.CLAIM) {
                            both.countDown();
                            Await.until("the other one is claimed", () -> both.getCount() == 0);
                        }
                    }
                };
        redis.server().set("logs:volume", "another");
        enter(0, "5-1", "logs:user_a:1");
        enter(1, "5-1", "logs:user_b:1");

        try (DrainStage stage = DrainStage.ofStreams(calls, logDir, "one", 2, 2)) {
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

        try (DrainStage stage = DrainStage.ofStreams(redis.link(), logDir, "one", 3, 1)) {
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
        try (DrainStage stage = DrainStage.ofStreams(calls, logDir, "one", 2, 2)) {
            // It would add entries of its own.
            stage.sweeper.stop();
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
        Claims claims = new Claims(calls, LONG, LONG, 1, 1, 1);
        DayFiles files = new DayFiles(new NioDisk(), logDir, LONG, clock, (path, cause) -> null);
        NewFiles newFiles = new NewFiles(claims, () -> null, files, new RecordedTelemetry(), clock);
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
}
