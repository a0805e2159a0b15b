package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
    private static final List<String> OWN = List.of("logs:pending", "logs:sweeper", "logs:volume");

    @TempDir private Path directory;

    private static final class Wanderer {
        private final int slot;
        private RedisProcess master;

        Wanderer(RedisCluster cluster, String key) {
            slot = SlotHash.getSlot(key);
            master = cluster.firstMasterOf(key);
        }
    }

    @Test
    void everyAcknowledgedEventLandsOnceThoughItsSlotMovesAgainAndAgain() throws Exception {
        Numbered numbered = new Numbered("wanderer");
        try (RedisCluster cluster = RedisCluster.start(0);
                PipelineProcess one = process("all", cluster);
                PipelineProcess two = process("drainer", cluster)) {
            List<Wanderer> slots = new ArrayList<>();
            OWN.forEach(key -> slots.add(new Wanderer(cluster, key)));
            IntStream.range(0, USERS)
                    .mapToObj(i -> Numbered.list(numbered.user(i)))
                    .forEach(list -> slots.add(new Wanderer(cluster, list)));
            try (Load load = new Load(numbered, one.port())) {
                load.awaitAcknowledged(200);
                for (int round = 0; round < ROUNDS; round++) {
                    moveAll(cluster, slots, load);
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
        return PipelineProcess.of(directory, role).redis(cluster.url()).startReady();
    }

    /** Each slot to the next master, with calls coming in at each of its states. */
    private static void moveAll(RedisCluster cluster, List<Wanderer> slots, Load load) {
        List<RedisCluster.Migration> migrations = new ArrayList<>();
        for (Wanderer each : slots) {
            RedisProcess next = next(cluster.masters(), each.master);
            migrations.add(cluster.migrate(each.slot, each.master, next));
            each.master = next;
        }
        load.awaitAcknowledged(20);
        migrations.forEach(RedisCluster.Migration::moveKeys);
        load.awaitAcknowledged(20);
        migrations.forEach(RedisCluster.Migration::end);
        load.awaitAcknowledged(20);
    }

    private static RedisProcess next(List<RedisProcess> masters, RedisProcess master) {
        return masters.get((masters.indexOf(master) + 1) % masters.size());
    }

    private static boolean isDrained(RedisCluster cluster) {
        return cluster.keys("logs:user_*").isEmpty()
                && cluster.keys("{logs:user_*}:batch").isEmpty();
    }
}
