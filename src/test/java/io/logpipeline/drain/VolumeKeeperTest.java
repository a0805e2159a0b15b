package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.Topology;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingCalls;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Which replicas may drain. */
class VolumeKeeperTest {
    private static final Duration LEASE = Duration.ofSeconds(3);

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path directory;

    private final List<Kept> started = new ArrayList<>();

    /** The same server, taken for a cluster. */
    private static final class InCluster extends ForwardingCalls {
        InCluster(RedisCalls calls) {
            super(calls);
        }

        @Override
        public Topology topology() {
            return Topology.CLUSTER;
        }
    }

    private record Kept(VolumeKeeper keeper, PipelineState state) {
        boolean admitted() {
            return keeper.admission() != null && state.logDirProblem() == null;
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Kept each : started) {
            each.keeper().stop();
        }
    }

    private Kept start(String replica, Path logDir) {
        Kept kept = notStarted(logDir);
        kept.keeper().start();
        started.add(kept);
        return kept;
    }

    private static Kept notStarted(Path logDir) {
        return notStarted(logDir, redis.link());
    }

    private static Kept notStarted(Path logDir, RedisCalls calls) {
        MonotonicClock clock = MonotonicClock.system();
        DayFiles files =
                new DayFiles(
                        new NioDisk(),
                        logDir,
                        Duration.ofSeconds(1),
                        clock,
                        (path, cause) -> new AssertionError(cause));
        PipelineState state = new PipelineState("drainer", "test");
        VolumeKeeper keeper =
                new VolumeKeeper(
                        new LogVolume(files, Duration.ofHours(1)),
                        new Leases(calls),
                        state,
                        new Watchdog(clock::nanoTime),
                        clock,
                        LEASE);
        return new Kept(keeper, state);
    }

    @Test
    void aDirectoryThatWasNotLookedAtYetIsNotCalledUnusable() {
        Kept waiting = notStarted(directory.resolve("logs"));

        assertThat(waiting.state().logDirProblem()).isEqualTo(PipelineState.NOT_PROBED);
    }

    @Test
    void replicasOfOneDirectoryAreAllAdmitted() {
        Kept one = start("one", directory.resolve("logs"));
        Kept two = start("two", directory.resolve("logs"));

        Await.until("both may drain", () -> one.admitted() && two.admitted());
        assertThat(one.keeper().admission()).isEqualTo(two.keeper().admission());
    }

    @Test
    void aReplicaOfAnotherDirectoryWaitsUntilTheFirstOnesLeaseEnds() throws Exception {
        Kept one = start("one", directory.resolve("a"));
        Await.until("one may drain", one::admitted);
        Kept two = start("two", directory.resolve("b"));
        Await.until(
                "two says why not",
                () -> String.valueOf(two.state().logDirProblem()).contains("another volume"));
        assertThat(two.keeper().admission()).isNull();

        // The first one renews it, and it is still so.
        String lease = redis.server().get("logs:volume");
        redis.server().persist("logs:volume");
        Await.until("it was renewed", () -> redis.server().pttl("logs:volume") > 0);
        assertThat(redis.server().get("logs:volume")).isEqualTo(lease);
        assertThat(two.keeper().admission()).isNull();

        one.keeper().stop();

        Await.until("two may drain", two::admitted);
        assertThat(redis.server().get("logs:volume"))
                .isEqualTo(two.keeper().admission().volumeId())
                .isNotEqualTo(lease);
    }

    @Test
    void anAdmissionEndsWhenLiveDrainersWriteToAnotherVolume() throws Exception {
        Kept one = notStarted(directory);
        one.keeper().admit();
        assertThat(one.admitted()).isTrue();

        redis.server().set("logs:volume", "another");
        one.keeper().admit();

        assertThat(one.keeper().admission()).isNull();
        assertThat(one.state().logDirProblem()).contains("another volume");
        assertThat(redis.server().get("logs:volume")).isEqualTo("another");
    }

    @Test
    void anAdmissionEndsWithItsLeaseWhereRedisCannotRefuseItsClaims() throws Exception {
        Kept one = notStarted(directory, new InCluster(redis.link()));
        one.keeper().admit();
        assertThat(one.admitted()).isTrue();

        Await.until("it has ended", () -> one.keeper().admission() == null);

        one.keeper().admit();
        assertThat(one.admitted()).isTrue();
    }

    @Test
    void anAdmissionOutlivesADirectoryThatTakesNoWritesForAWhile() throws Exception {
        Kept one = notStarted(directory);
        one.keeper().admit();
        Path obstacle = Files.createDirectory(directory.resolve("not-empty"));
        Path probe = directory.resolve(".log-pipeline.probe");
        Files.delete(probe);
        Files.move(obstacle, probe);

        one.keeper().admit();

        assertThat(one.keeper().admission()).isNotNull();
        assertThat(one.state().logDirProblem()).contains("can't be written");
    }

    @Test
    void aStoreThatForgotEverythingIsAdoptedAnewOnTheSameVolume() {
        Kept one = start("one", directory);
        Await.until("it may drain", one::admitted);
        Claims.Admission before = one.keeper().admission();

        redis.server().flushall();

        Await.until("it noted the new store", () -> !one.keeper().admission().equals(before));
        Claims.Admission after = one.keeper().admission();
        assertThat(after.volumeId()).isEqualTo(before.volumeId());
        assertThat(after.storeId())
                .isNotEqualTo(before.storeId())
                .isEqualTo(redis.server().get("logs:store"));
        assertThat(directory.resolve(".log-pipeline"))
                .content()
                .contains(after.volumeId(), after.storeId());
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNotReadyUntilItCan() throws Exception {
        Path obstacle = Files.createFile(directory.resolve("logs"));
        Kept one = start("one", obstacle.resolve("below"));
        Await.until(
                "it says why",
                () -> String.valueOf(one.state().logDirProblem()).contains("can't be written"));
        assertThat(one.keeper().admission()).isNull();

        Files.delete(obstacle);

        Await.until("it may drain", one::admitted);
    }

    @Test
    void theProbeLeavesOneFile() throws Exception {
        Kept one = start("one", directory);
        Await.until("it may drain", one::admitted);
        one.keeper().stop();

        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            ".log-pipeline", ".log-pipeline.lock", ".log-pipeline.probe");
        }
    }
}
