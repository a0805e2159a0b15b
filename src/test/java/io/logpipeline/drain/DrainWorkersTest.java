package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.Script;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What ends a worker, and what must not. */
class DrainWorkersTest {
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration WHILE_IT_WAITS = Duration.ofSeconds(1);
    private static final String LIST = "logs:user_a:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private DrainStage start(RedisCalls calls, int workers) {
        return new DrainStage(calls, logDir, "replica", LEASE, workers);
    }

    @Test
    void stoppingFinishesWhatIsInHand() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        CompletableFuture<Void> commits = calls.hold(Script.COMMIT);
        try (DrainStage stage = start(calls, 1)) {
            push(redis, LIST, "1");
            Await.until("it is written", () -> stage.lines(LIST).size() == 1);
            assertThat(stage.drainer.keysInHand()).isEqualTo(1);
            Thread stopping =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    stage.drainer.stop();
                                } catch (InterruptedException stopped) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            assertThat(stopping.join(WHILE_IT_WAITS)).isFalse();
            assertThat(stage.telemetry.drained).isEmpty();

            commits.complete(null);
            stopping.join();

            assertThat(stage.telemetry.drained).containsExactly(LIST);
            assertThat(stage.drainer.keysInHand()).isZero();
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void aFaultThatOneListBringsOutEndsNoWorker() throws Exception {
        othersLandThough(() -> {
            throw new IllegalStateException("on purpose");
        });
    }

    @Test
    void aListThatFindsNoMemoryEndsNoWorker() throws Exception {
        othersLandThough(() -> {
            throw new OutOfMemoryError("on purpose");
        });
    }

    private void othersLandThough(Runnable fault) throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        try (DrainStage stage = start(calls, 1)) {
            stage.landed =
                    (userDay, elements) -> {
                        if (userDay.userId().equals("a")) {
                            fault.run();
                        }
                    };
            // It comes before the claim, and then, each time, with the answer to the commit.
            calls.before(Script.CLAIM, fault, 1);
            push(redis, LIST, "1");
            Await.until("it failed", () -> !stage.telemetry.failures(LIST).isEmpty());
            push(redis, "logs:user_b:1", "1");
            Await.until("another landed", () -> stage.telemetry.drained.contains("logs:user_b:1"));
            stage.awaitQuiet();

            assertThat(stage.lines(LIST)).containsExactly("1");
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void anElementThatIsTooLargeIsTriedAgainAndHoldsUpNoOtherList() throws Exception {
        int large = DrainStage.ELEMENT_BYTES_MAX + 1;
        try (DrainStage stage = start(redis.link(), 1)) {
            push(redis, LIST, "1", "x".repeat(large), "3");
            Await.until("it was tried", () -> !stage.telemetry.failures(LIST).isEmpty());
            push(redis, "logs:user_b:1", "1");
            Await.until("another landed", () -> stage.telemetry.drained.contains("logs:user_b:1"));

            assertThat(stage.lines(LIST)).containsExactly("1");
            assertThat(stage.telemetry.failures(LIST).getFirst())
                    .isEqualTo(
                            new RecordedTelemetry.Failure(
                                    DrainFailure.TOO_LARGE,
                                    LIST,
                                    "bytes=" + large + " max=" + DrainStage.ELEMENT_BYTES_MAX));

            // Somebody takes it out by hand.
            redis.server().lpop("{" + LIST + "}:batch");
            stage.awaitQuiet();
            assertThat(stage.lines(LIST)).containsExactly("1", "3");
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void aWorkerThatEndedUnexpectedlyIsMissed() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        try (DrainStage stage = start(calls, 1)) {
            calls.before(
                    Script.CLAIM,
                    () -> {
                        throw new AssertionError("on purpose");
                    },
                    1);
            push(redis, LIST, "1");
            Await.until(
                    "the watchdog misses it",
                    () ->
                            stage.watchdog
                                    .stalled(Duration.ofMillis(1500))
                                    .filter(text -> text.startsWith("drain-worker-1"))
                                    .isPresent());
        }
    }

    @Test
    void aWorkerThatWasStoppedIsNotMissed() throws Exception {
        DrainStage stage = start(redis.link(), 2);
        stage.awaitAdmission();
        stage.stop();

        assertThat(stage.watchdog.stalled(Duration.ZERO)).isEmpty();
    }
}
