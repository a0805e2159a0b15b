package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
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
 * itself keeps, and drainers are killed meanwhile: every event that is acknowledged, at once or
 * when it is sent again, lands once, in order.
 */
class SlotMigrationIT {
    private static final int ROUNDS = Rounds.of(6, 60);
    private static final int ROUNDS_WITH_EACH_DRAINER = 3;
    private static final int USERS = 8;

    @TempDir private Path directory;

    @Test
    void everyAcknowledgedEventLandsOnceThoughItsSlotMovesAgainAndAgain() throws Exception {
        Numbered numbered = new Numbered("wanderer");
        try (RedisCluster cluster = RedisCluster.start(0);
                PipelineProcess one = process("all", cluster).startReady();
                MortalDrainer two = new MortalDrainer(process("drainer", cluster));
                Load load = Load.ofAllManners(numbered, one.port())) {
            List<String> keys = new ArrayList<>(Wanderers.OWN);
            for (int i = 0; i < USERS; i++) {
                keys.add(Numbered.list(numbered.user(i)));
            }
            Wanderers slots = new Wanderers(cluster, keys);
            load.awaitAcknowledged(200);
            for (int round = 1; round <= ROUNDS; round++) {
                if (round % ROUNDS_WITH_EACH_DRAINER == 0) {
                    two.awaitReady();
                    slots.moveAll(load, two::kill);
                } else {
                    slots.moveAll(load);
                }
            }
            two.awaitReady();
            load.awaitAcknowledged(200);
            load.close();
            long events = Aftermath.of(cluster).verify(directory.resolve("logs"), numbered);
            System.out.println(
                    ("SlotMigrationIT: %d slots moved %d times, %d drainers killed; %s, %d in"
                                    + " files; MOVED %d, ASK %d, TRYAGAIN %d")
                            .formatted(
                                    keys.size(),
                                    ROUNDS,
                                    two.kills(),
                                    load,
                                    events,
                                    cluster.errors("MOVED"),
                                    cluster.errors("ASK"),
                                    cluster.errors("TRYAGAIN")));
            assertThat(cluster.errors("MOVED")).isPositive();
            assertThat(cluster.errors("ASK")).isPositive();
            assertThat(cluster.errors("TRYAGAIN")).isPositive();
            assertThat(one.isAlive() && two.isAlive()).isTrue();
        }
    }

    private PipelineProcess.Builder process(String role, RedisCluster cluster) {
        return PipelineProcess.of(directory, role)
                .redis(cluster.url())
                .with("DRAINER_LEASE_SECONDS", "5")
                .with("DRAINER_STREAMS", "3")
                // So that a list is several chunks, of which the next one is read ahead.
                .with("DRAINER_BATCH_BYTES_MAX", "1024");
    }
}
