package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Slots go from master to master under load, those of the lists and those of what the pipeline
 * itself keeps: every event that is acknowledged lands once, in order, and none is refused for
 * long.
 */
class SlotMigrationIT {
    private static final int ROUNDS = 6;
    private static final int USERS = 8;

    @TempDir private Path directory;

    @Test
    void everyAcknowledgedEventLandsOnceThoughItsSlotMovesAgainAndAgain() throws Exception {
        Numbered numbered = new Numbered("wanderer");
        try (RedisCluster cluster = RedisCluster.start(0);
                PipelineProcess one = process("all", cluster);
                PipelineProcess two = process("drainer", cluster)) {
            List<String> keys = new ArrayList<>(Wanderers.OWN);
            for (int i = 0; i < USERS; i++) {
                keys.add(Numbered.list(numbered.user(i)));
            }
            Wanderers slots = new Wanderers(cluster, keys);
            try (Load load = new Load(numbered, one.port())) {
                load.awaitAcknowledged(200);
                for (int round = 0; round < ROUNDS; round++) {
                    slots.moveAll(load);
                }
                load.awaitAcknowledged(200);
                load.close();
                Await.until("nothing is left in the cluster", () -> isDrained(cluster));
                long lines = numbered.verify(directory.resolve("logs"));
                System.out.printf(
                        "SlotMigrationIT: %d acknowledged, %d refused, %d in files; MOVED %d,"
                                + " ASK %d, TRYAGAIN %d%n",
                        load.acknowledged(),
                        load.refused(),
                        lines,
                        cluster.errors("MOVED"),
                        cluster.errors("ASK"),
                        cluster.errors("TRYAGAIN"));
            }
            assertThat(cluster.errors("MOVED")).isPositive();
            assertThat(cluster.errors("ASK")).isPositive();
            assertThat(cluster.errors("TRYAGAIN")).isPositive();
            assertThat(one.isAlive() && two.isAlive()).isTrue();
        }
    }

    private PipelineProcess process(String role, RedisCluster cluster) {
        return PipelineProcess.of(directory, role)
                .redis(cluster.url())
                .with("DRAINER_STREAMS", "3")
                .startReady();
    }

    private static boolean isDrained(RedisCluster cluster) {
        return cluster.keys("logs:user_*").isEmpty()
                && cluster.keys("{logs:user_*}:batch").isEmpty();
    }
}
