package io.logpipeline.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.FailOver.Plan;
import io.logpipeline.rollback.FailOver.Point;
import io.logpipeline.rollback.FailOver.Wakes;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.Numbered.Finding;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fail-over to a replica that lags: what the new master has is in its file once and in order, what
 * it never had at most once, whoever goes on working with the old master for how long.
 */
class LaggingReplicaIT {
    /** What each build runs; all with {@code -Dlogpipeline.chaos=true}. */
    private static final int SAMPLE = 10;

    /** A commit that compares nothing would lose events here. */
    private static final Plan STALE_COMMIT =
            new Plan(Point.PUSHED, Point.WRITTEN, false, false, Wakes.DURING_ANOTHERS_CLAIM);

    private final AtomicInteger events = new AtomicInteger();

    @TempDir private Path directory;

    @Test
    void whereverTheReplicaWasCutOffEachEventOfTheNewMasterLandsOnce() throws Exception {
        List<Plan> plans = ManyCases.sample(plans(), SAMPLE, List.of(STALE_COMMIT));
        ManyCases.Outcome outcome = ManyCases.run(plans, this::live);
        System.out.printf(
                "LaggingReplicaIT: %d of %d fail-overs, %d events, %s%n",
                plans.size(), plans().size(), events.get(), outcome);
        assertThat(outcome.problems()).isEmpty();
    }

    private static List<Plan> plans() {
        List<Plan> plans = new ArrayList<>();
        for (Point cut : Point.values()) {
            for (Point promoted : Point.values()) {
                for (Wakes wakes : Wakes.values()) {
                    for (int bits = 0; bits < 4 && promoted.compareTo(cut) >= 0; bits++) {
                        boolean drainerStays = (bits & 1) != 0;
                        boolean producerStays = (bits & 2) != 0;
                        plans.add(new Plan(cut, promoted, drainerStays, producerStays, wakes));
                    }
                }
            }
        }
        return plans;
    }

    private List<Finding> live(Plan plan) throws Exception {
        Path logDir = directory.resolve(plan.toString().replaceAll("[^A-Z_a-z]+", "-"));
        try (FailOver failOver = new FailOver(plan, logDir)) {
            List<Finding> findings = failOver.run();
            events.addAndGet(failOver.events());
            return findings;
        }
    }

    @Test
    void underLoadOneProcessStaysWithTheOldMasterAndAnotherMoves() throws Exception {
        Numbered staying = new Numbered("s");
        Numbered moving = new Numbered("m");
        try (RedisProcess old = RedisProcess.start("--repl-diskless-sync-delay", "0");
                RedisProcess replica = RedisProcess.start("--repl-diskless-sync-delay", "0");
                MovingProxy replication = new MovingProxy(old.port());
                MovingProxy one = new MovingProxy(old.port());
                MovingProxy two = new MovingProxy(old.port());
                PipelineProcess stays = process(one);
                PipelineProcess moves = process(two);
                Load stayingLoad = new Load(staying, stays.port());
                Load movingLoad = new Load(moving, moves.port())) {
            replica.with(server -> server.replicaof("127.0.0.1", replication.port()));
            stayingLoad.awaitAcknowledged(100);
            movingLoad.awaitAcknowledged(100);
            FailOver.awaitReplicated(old, replica, "all so far");
            stayingLoad.keeps(false);
            movingLoad.keeps(false);
            replication.refuse();
            movingLoad.awaitAcknowledged(100);

            replica.with(server -> server.replicaofNoOne());
            two.moveTo(replica.port());
            movingLoad.keeps(true);
            movingLoad.awaitAcknowledged(100);
            stayingLoad.awaitAcknowledged(100);

            old.with(server -> server.replicaof("127.0.0.1", replica.port()));
            one.moveTo(replica.port());
            stayingLoad.keeps(true);
            stayingLoad.awaitAcknowledged(100);
            stayingLoad.close();
            movingLoad.close();
            Await.until(
                    "nothing is left in Redis",
                    () ->
                            replica.with(server ->
                                    server.keys("*logs:user_*").stream()
                                                    .allMatch(key -> key.endsWith(":ledger"))
                                            && server.xlen("logs:pending") == 0));
            long lines =
                    staying.verify(directory.resolve("logs"))
                            + moving.verify(directory.resolve("logs"));
            System.out.printf(
                    "LaggingReplicaIT: under load, %d remembered, %d acknowledged, %d in files%n",
                    staying.acknowledgedCount() + moving.acknowledgedCount(),
                    stayingLoad.acknowledged() + movingLoad.acknowledged(),
                    lines);
        }
    }

    private PipelineProcess process(MovingProxy way) {
        return PipelineProcess.of(directory, "all")
                .redis(way.url())
                .with("DRAINER_LEASE_SECONDS", "2")
                .startReady();
    }
}
