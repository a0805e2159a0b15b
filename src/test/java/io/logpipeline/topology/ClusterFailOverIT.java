package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster's masters are killed under load, their replicas take over, and they come back empty, as
 * replicas. What was acknowledged once a replica had it ({@code redis.durability}) lands once, in
 * order; everything else at most once.
 */
class ClusterFailOverIT {
    @TempDir private Path directory;

    @Test
    void everyEventThatAReplicaHadLandsOnceThoughMastersAreKilled() throws Exception {
        Numbered numbered = new Numbered("failover");
        try (RedisCluster cluster = RedisCluster.start(1, "--cluster-node-timeout", "3000");
                PipelineProcess one = process("all", cluster);
                PipelineProcess two = process("drainer", cluster);
                Load load = new Load(numbered, one.port())) {
            load.awaitAcknowledged(100);
            killAndBringBack(cluster, cluster.firstMasterOf("logs:pending"), load);
            killAndBringBack(cluster, cluster.firstMasterOf(Numbered.list(numbered.user(0))), load);
            load.close();
            Await.until("nothing is left in the cluster", () -> isDrained(cluster));
            long lines = numbered.verify(directory.resolve("logs"));
            System.out.printf(
                    "ClusterFailOverIT: %d acknowledged, %d refused, %d in files%n",
                    load.acknowledged(), load.refused(), lines);
            assertThat(one.isAlive() && two.isAlive()).isTrue();
            assertThat(one.output()).contains("Masters of the cluster do not answer");
        }
    }

    private PipelineProcess process(String role, RedisCluster cluster) {
        return PipelineProcess.of(directory, role)
                .redis(cluster.url())
                .with("REDIS_DURABILITY", "replicas:1")
                .with("DRAINER_LEASE_SECONDS", "5")
                .with("DRAINER_STREAMS", "3")
                .startReady();
    }

    private static void killAndBringBack(RedisCluster cluster, RedisProcess master, Load load) {
        RedisProcess replica = cluster.replicas().get(cluster.masters().indexOf(master));
        boolean wasMaster = isMaster(master);
        RedisProcess killed = wasMaster ? master : replica;
        RedisProcess heir = wasMaster ? replica : master;
        Await.until("the heir has all", () -> RedisCluster.isInSync(heir));
        killed.kill();
        Await.until("the heir takes over", () -> isMaster(heir));
        load.awaitRefused(1);
        killed.restart();
        Await.until("it follows its heir", () -> RedisCluster.isInSync(killed));
        load.awaitAcknowledged(200);
    }

    private static boolean isMaster(RedisProcess node) {
        return node.with(server -> server.info("replication")).contains("role:master");
    }

    private static boolean isDrained(RedisCluster cluster) {
        return cluster.keys("logs:user_*").isEmpty()
                && cluster.keys("{logs:user_*}:batch").isEmpty();
    }
}
