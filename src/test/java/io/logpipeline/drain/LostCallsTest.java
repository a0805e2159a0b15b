package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.Script;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a drain, or their replies, that get lost. */
class LostCallsTest {
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final String LIST = "logs:user_a:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private DrainStage start(RedisCalls calls, int workers) {
        return new DrainStage(calls, logDir, "replica", LEASE, workers);
    }

    @Test
    void aCommitThatNeverArrivedIsMadeGoodByWhicheverWorkerTriesAgain() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.loseCalls(Script.COMMIT, 40);
        try (DrainStage stage = start(calls, 4)) {
            stage.awaitAdmission();
            stage.sweeper.stop();
            List<String> lists = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                lists.add("logs:user_" + i + ":1");
                push(redis, lists.get(i), "1", "2");
            }
            Await.until("all are drained", () -> stage.telemetry.drained.size() == 40);
            stage.awaitQuiet();

            for (String list : lists) {
                assertThat(stage.lines(list)).containsExactly("1", "2");
                assertSettled(redis, stage, list);
            }
            assertThat(stage.telemetry.repairs)
                    .filteredOn(repair -> repair.kind() == Recovery.TAIL_MATCHED)
                    .hasSize(40);
        }
    }

    @Test
    void aCommitWhoseReplyWasLostIsNotMadeAgain() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.loseReplies(Script.COMMIT, 1);
        try (DrainStage stage = start(calls, 2)) {
            push(redis, LIST, "1", "2");
            Await.until("a reply was lost", () -> calls.faultsLeft(Script.COMMIT) == 0);
            Await.until("it is told", () -> !stage.telemetry.failures(LIST).isEmpty());
            stage.awaitQuiet();

            assertThat(stage.lines(LIST)).containsExactly("1", "2");
            assertThat(stage.telemetry.expired).isEmpty();
            assertSettled(redis, stage, LIST);
        }
    }

    @Test
    void aClaimWhoseReplyWasLostIsMadeGood() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.loseReplies(Script.CLAIM, 10);
        try (DrainStage stage = start(calls, 4)) {
            stage.awaitAdmission();
            stage.sweeper.stop();
            for (int i = 0; i < 10; i++) {
                push(redis, "logs:user_" + i + ":1", "1");
            }
            Await.until("all are drained", () -> stage.telemetry.drained.size() == 10);
            stage.awaitQuiet();

            for (int i = 0; i < 10; i++) {
                assertThat(stage.lines("logs:user_" + i + ":1")).containsExactly("1");
            }
        }
    }
}
