package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.SentinelProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sentinels replace a master that is killed under load by its replica, and make the master follow
 * it when it comes back. What was acknowledged once a replica had it lands once, in order.
 */
class SentinelFailOverIT {
    private static final int SENTINELS = 3;
    private static final int QUORUM = 2;
    private static final int DOWN_AFTER_MS = 2_000;

    /** After a vote without a majority they wait for twenty seconds, after a pause for thirty. */
    private static final Duration AGREED_WITHIN = Duration.ofMinutes(3);

    @TempDir private Path directory;

    private final List<SentinelProcess> sentinels = new ArrayList<>();

    @Test
    void everyEventThatTheReplicaHadLandsOnceThoughTheMasterIsKilled() throws Exception {
        Numbered numbered = new Numbered("sentinel");
        try (RedisProcess first = RedisProcess.start();
                RedisProcess second =
                        RedisProcess.start("--replicaof", "127.0.0.1 " + first.port())) {
            Await.until("the replica has all", () -> RedisCluster.isInSync(second));
            for (int i = 0; i < SENTINELS; i++) {
                sentinels.add(SentinelProcess.start(first, QUORUM, DOWN_AFTER_MS));
            }
            Await.until(
                    "the Sentinels know each other",
                    () -> sentinels.stream().allMatch(each -> each.others() == SENTINELS - 1));
            try (PipelineProcess one = process("all");
                    PipelineProcess two = process("drainer");
                    Load load = new Load(numbered, one.port())) {
                load.awaitAcknowledged(100);
                killAndBringBack(first, second, load);
                killAndBringBack(second, first, load);
                load.close();
                Await.until("nothing is left in Redis", () -> isDrained(first));
                long lines = numbered.verify(directory.resolve("logs"));
                System.out.printf(
                        "SentinelFailOverIT: %d acknowledged, %d refused, %d in files%n",
                        load.acknowledged(), load.refused(), lines);
                assertThat(one.isAlive() && two.isAlive()).isTrue();
            }
        } finally {
            sentinels.forEach(SentinelProcess::close);
        }
    }

    private PipelineProcess process(String role) {
        String hosts =
                sentinels.stream()
                        .map(each -> "127.0.0.1:" + each.port())
                        .collect(Collectors.joining(","));
        return PipelineProcess.of(directory, role)
                .redis("redis-sentinel://" + hosts + "#" + SentinelProcess.NAME)
                .with("REDIS_DURABILITY", "replicas:1")
                .with("DRAINER_LEASE_SECONDS", "5")
                .startReady();
    }

    private void killAndBringBack(RedisProcess master, RedisProcess heir, Load load) {
        Await.until("the heir has all", () -> RedisCluster.isInSync(heir));
        master.kill();
        Await.until(
                "the Sentinels agree on the heir",
                AGREED_WITHIN,
                () -> sentinels.stream().allMatch(each -> each.master() == heir.port()));
        load.awaitRefused(1);
        master.restart();
        Await.until("it follows its heir", AGREED_WITHIN, () -> RedisCluster.isInSync(master));
        load.awaitAcknowledged(200);
    }

    private static boolean isDrained(RedisProcess master) {
        return master.with(server ->
                server.keys("logs:user_*").isEmpty()
                        && server.keys("{logs:user_*}:batch").isEmpty());
    }
}
