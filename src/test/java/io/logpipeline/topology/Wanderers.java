package io.logpipeline.topology;

import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.rollback.Load;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.util.ArrayList;
import java.util.List;

/** Slots that go from master to master, those of some keys. */
final class Wanderers {
    /** What the pipeline itself keeps; the streams are those of three. */
    static final List<String> OWN =
            List.of(
                    "logs:pending",
                    "logs:pending:p1",
                    "logs:pending:p2",
                    "logs:sweeper",
                    "logs:volume");

    private static final int CALLS_AT_EACH_STATE = 20;

    private static final class Wanderer {
        private final int slot;
        private RedisProcess master;

        Wanderer(RedisCluster cluster, String key) {
            slot = SlotHash.getSlot(key);
            master = cluster.firstMasterOf(key);
        }
    }

    private final RedisCluster cluster;
    private final List<Wanderer> slots;

    /**
     * @param keys of different slots, none of which has moved yet
     */
    Wanderers(RedisCluster cluster, List<String> keys) {
        this.cluster = cluster;
        slots = keys.stream().map(key -> new Wanderer(cluster, key)).toList();
    }

    /** Each slot to the next master, with calls coming in at each of its states. */
    void moveAll(Load load) {
        List<RedisCluster.Migration> migrations = new ArrayList<>();
        for (Wanderer each : slots) {
            RedisProcess next = next(cluster.masters(), each.master);
            migrations.add(cluster.migrate(each.slot, each.master, next));
            each.master = next;
        }
        load.awaitAcknowledged(CALLS_AT_EACH_STATE);
        migrations.forEach(RedisCluster.Migration::moveKeys);
        load.awaitAcknowledged(CALLS_AT_EACH_STATE);
        migrations.forEach(RedisCluster.Migration::end);
        load.awaitAcknowledged(CALLS_AT_EACH_STATE);
    }

    private static RedisProcess next(List<RedisProcess> masters, RedisProcess master) {
        return masters.get((masters.indexOf(master) + 1) % masters.size());
    }
}
