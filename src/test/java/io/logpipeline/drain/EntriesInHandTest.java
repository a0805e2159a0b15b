package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a replica does with entries that it holds and can't end. */
class EntriesInHandTest {
    private static final Duration BRIEF_LEASE = Duration.ofMillis(300);
    private static final Duration LONG_LEASE = Duration.ofHours(1);
    private static final String LIST = "logs:user_blocked:1";
    private static final String OTHER = "logs:user_other:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    /** A list whose file can't be made. */
    @BeforeEach
    void block() throws Exception {
        Files.createFile(logDir.resolve("user_blocked"));
        redis.server().rpush(LIST, "1");
        redis.server().xadd(RedisKeys.PENDING, Map.of("key", LIST, "noticed_us", "1"));
    }

    private DrainStage start(Duration lease) {
        return new DrainStage(redis.link(), logDir, "replica", lease, 2);
    }

    @Test
    void anEntryWhoseLeaseEndsInTheHandsOfItsOwnReplicaIsNotTakenTwice() throws Exception {
        try (DrainStage stage = start(BRIEF_LEASE)) {
            // The delays in between are longer than the lease.
            Await.until("it failed often", () -> stage.telemetry.failures(LIST).size() >= 4);

            assertThat(stage.telemetry.repairs(LIST)).doesNotContain(Recovery.RECLAIMED);
        }
    }

    @Test
    void whatWaitsForAnotherTryPassesOnAtOnceWhenItsReplicaStops() throws Exception {
        DrainStage stage = start(LONG_LEASE);
        Await.until("it failed", () -> !stage.telemetry.failures(LIST).isEmpty());
        stage.stop();

        PendingStreams another = new PendingStreams(redis.link(), "another", new StreamSet(1));
        assertThat(another.of(LIST).reclaim(LONG_LEASE, 8))
                .extracting(PendingEntry::list)
                .containsExactly(LIST);
    }

    @Test
    void aListPassesOnAtOnceWhenItsReplicaStopsInTheMiddleOfIt() throws Exception {
        redis.server().flushall();
        DrainStage.Pace pace =
                new DrainStage.Pace(DrainStage.INTERVAL, LONG_LEASE, LONG_LEASE, 1, 1);
        DrainStage stage = new DrainStage(redis.link(), logDir, "replica", pace);
        // It would find the list before its entry is there, and make another one.
        stage.sweeper.stop();
        Thread stopper = Thread.ofPlatform().unstarted(() -> stop(stage));
        stage.landed =
                (userDay, elements) -> {
                    if (stopper.getState() == Thread.State.NEW) {
                        stopper.start();
                    }
                    Await.until(
                            "it is told to stop", () -> stopper.getState() == Thread.State.WAITING);
                };
        redis.server().rpush(OTHER, "1", "2", "3");
        redis.server().xadd(RedisKeys.PENDING, Map.of("key", OTHER, "noticed_us", "1"));
        Await.until("it stops", () -> stopper.getState() != Thread.State.NEW);
        stopper.join();

        assertThat(stage.lines(OTHER)).containsExactly("1");
        PendingStreams another = new PendingStreams(redis.link(), "another", new StreamSet(1));
        assertThat(another.of(OTHER).reclaim(LONG_LEASE, 8))
                .extracting(PendingEntry::list)
                .containsExactly(OTHER);
        stage.close();
    }

    private static void stop(DrainStage stage) {
        try {
            stage.drainer.stop();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void workersWithNothingToDoAreNotTakenForDead() throws Exception {
        redis.server().flushall();
        try (DrainStage stage = start(LONG_LEASE)) {
            stage.awaitAdmission();

            stage.watchedNanos.addAndGet(Duration.ofHours(2).toNanos());

            Await.until(
                    "all have moved", () -> stage.watchdog.stalled(Duration.ofHours(1)).isEmpty());
        }
    }

    /** Handed on by its lease, while the one that has it goes on. */
    @Test
    void anEntryThatItsOwnHolderElsewhereWorksOnStays() throws Exception {
        redis.server().flushall();
        String id = redis.server().xadd(RedisKeys.PENDING, Map.of("key", OTHER, "noticed_us", "1"));
        redis.server().rpush(OTHER, "1");
        redis.server().set("{" + OTHER + "}:lock", "another/" + id);
        try (DrainStage stage = start(LONG_LEASE)) {
            stage.sweeper.stop();
            Await.until("it was looked at", () -> !stage.telemetry.busy.isEmpty());
            redis.server().rpush("logs:user_next:1", "2");
            redis.server()
                    .xadd(RedisKeys.PENDING, Map.of("key", "logs:user_next:1", "noticed_us", "1"));
            Await.until("the next one is ended", () -> redis.server().xlen(RedisKeys.PENDING) == 1);

            assertThat(stage.pending.of(OTHER).page("0-0", 8).lists()).containsExactly(OTHER);
        }
    }
}
