package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster's masters are killed under load, with a drainer each; their replicas take over, and
 * they come back empty, as replicas. What was acknowledged once a replica had it ({@code
 * redis.durability}) lands once, in order; everything else at most once. What was sent again until
 * it was acknowledged lands too, once where no master was killed between its tries.
 */
class ClusterFailOverIT {
    private static final int KILLS = Rounds.of(2, 10);
    private static final String[] OPTIONS = {
        "--cluster-node-timeout", "3000", "--repl-diskless-sync-delay", "3"
    };

    @TempDir private Path directory;

    @Test
    void everyEventThatAReplicaHadLandsOnceThoughMastersAreKilled() throws Exception {
        Numbered numbered = new Numbered("orphan");
        Path logDir = directory.resolve("logs");
        try (RedisCluster cluster = RedisCluster.start(1, OPTIONS);
                PipelineProcess one = process("all", cluster).startReady();
                MortalDrainer two = new MortalDrainer(process("drainer", cluster));
                Load load = Load.ofAllManners(numbered, one.port())) {
            load.awaitAcknowledged(100);
            Succession succession = new Succession(load, two, logDir);
            List<String> keys =
                    List.of(
                            "logs:pending",
                            Numbered.list(numbered.user(2)),
                            "logs:volume",
                            "logs:sweeper");
            for (int i = 0; i < KILLS; i++) {
                RedisProcess master = cluster.masterOf(keys.get(i % keys.size()));
                RedisProcess heir = partner(cluster, master);
                succession.play(master, heir, () -> RedisCluster.isMaster(heir));
            }
            load.close();
            long events = Aftermath.of(cluster).verify(logDir, numbered);
            System.out.println(
                    "ClusterFailOverIT: %s; %s, %s, %d in files"
                            .formatted(succession, load, numbered.retries(), events));
            assertThat(one.isAlive() && two.isAlive()).isTrue();
            assertThat(one.output()).contains("Masters of the cluster do not answer");
        }
    }

    private PipelineProcess.Builder process(String role, RedisCluster cluster) {
        return PipelineProcess.of(directory, role)
                .redis(cluster.url())
                .with("REDIS_DURABILITY", "replicas:1")
                .with("DRAINER_LEASE_SECONDS", "5")
                .with("DRAINER_STREAMS", "3")
                // So that a list is several chunks, of which the next one is read ahead.
                .with("DRAINER_BATCH_BYTES_MAX", "1024");
    }

    /** The other one of those that have the same slots. */
    private static RedisProcess partner(RedisCluster cluster, RedisProcess node) {
        int began = cluster.masters().indexOf(node);
        return began >= 0
                ? cluster.replicas().get(began)
                : cluster.masters().get(cluster.replicas().indexOf(node));
    }
}
