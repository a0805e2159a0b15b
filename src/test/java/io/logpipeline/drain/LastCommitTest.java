package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.Disk;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingDisk;
import io.logpipeline.testing.SharedRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One worker, and a list's last commit whose answer takes long. */
class LastCommitTest {
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final String FIRST = "logs:user_a:1";
    private static final String SECOND = "logs:user_b:1";
    private static final String THIRD = "logs:user_c:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private FaultyCalls calls;
    private CompletableFuture<Void> firstCommit;

    @BeforeEach
    void hold() {
        calls = new FaultyCalls(redis.link());
        firstCommit = calls.hold(Script.COMMIT, FIRST);
    }

    private DrainStage start(Disk disk) {
        DrainStage stage = new DrainStage(calls, disk, logDir, "replica", LEASE, 1);
        stage.awaitAdmission();
        // It would give a list in hand another entry.
        stopSweeps(stage);
        return stage;
    }

    private static void stopSweeps(DrainStage stage) {
        try {
            stage.sweeper.stop();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static void pushAndAwaitFile(DrainStage stage, String list) {
        push(redis, list, "1");
        Await.until(list + " is written", () -> stage.lines(list).equals(List.of("1")));
    }

    @Test
    void theNextListIsWrittenMeanwhile() throws Exception {
        try (DrainStage stage = start(new NioDisk())) {
            pushAndAwaitFile(stage, FIRST);
            pushAndAwaitFile(stage, SECOND);

            assertThat(stage.telemetry.drained).isEmpty();
            firstCommit.complete(null);

            stage.awaitQuiet();
            assertThat(stage.telemetry.drained).containsExactly(FIRST, SECOND);
            assertSettled(redis, stage, FIRST);
            assertSettled(redis, stage, SECOND);
        }
    }

    @Test
    void noMoreThanOneIsUnderWay() throws Exception {
        try (DrainStage stage = start(new NioDisk())) {
            pushAndAwaitFile(stage, FIRST);
            pushAndAwaitFile(stage, SECOND);
            push(redis, THIRD, "1");

            Await.until("the worker waits for the first answer", LastCommitTest::isWaiting);
            assertThat(stage.lines(THIRD)).isEmpty();
            assertThat(redis.server().exists("{" + SECOND + "}:lock")).isOne();
            firstCommit.complete(null);

            stage.awaitQuiet();
            assertSettled(redis, stage, THIRD);
        }
    }

    private static boolean isWaiting() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getState() == Thread.State.TIMED_WAITING)
                .flatMap(each -> Arrays.stream(each.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals("settleLast"));
    }

    @Test
    void itsEntryEndsThoughTheDiskHoldsUpTheNextList() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        Disk disk =
                new ForwardingDisk(new NioDisk()) {
                    @Override
                    public OpenFile open(Path path) throws IOException {
                        if (path.toString().contains("user_b")) {
                            hanging.countDown();
                            await(goesOn);
                        }
                        return super.open(path);
                    }
                };
        try (DrainStage stage = start(disk)) {
            pushAndAwaitFile(stage, FIRST);
            push(redis, SECOND, "1");
            await(hanging);
            firstCommit.complete(null);

            Await.until("it is told", () -> stage.telemetry.drained.contains(FIRST));
            Await.until("its entry has ended", () -> redis.server().xlen(RedisKeys.PENDING) == 1);
            assertThat(stage.drainer.keysInHand()).isEqualTo(1);
            goesOn.countDown();

            stage.awaitQuiet();
            assertSettled(redis, stage, SECOND);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
