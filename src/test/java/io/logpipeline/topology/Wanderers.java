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
    private final List<Wanderer> slots = new ArrayList<>();

    /**
     * @param keys of different slots, none of which has moved yet
     */
    Wanderers(RedisCluster cluster, List<String> keys) {
        this.cluster = cluster;
        add(keys);
    }

    /** Those of more keys, of which the same is true. */
    void add(List<String> keys) {
        keys.forEach(key -> slots.add(new Wanderer(cluster, key)));
    }

    /** Each slot to the next master, with calls coming in at each of its states. */
    void moveAll(Load load) {
        moveAll(load, () -> {});
    }

    /**
     * The same.
     *
     * @param halfway comes when each slot has keys at both masters
     */
    void moveAll(Load load, Runnable halfway) {
        List<RedisCluster.Migration> migrations = new ArrayList<>();
        for (Wanderer each : slots) {
            RedisProcess next = next(cluster.masters(), each.master);
            migrations.add(cluster.migrate(each.slot, each.master, next));
            each.master = next;
        }
        load.awaitAcknowledged(CALLS_AT_EACH_STATE);
        migrations.forEach(RedisCluster.Migration::moveKeys);
        halfway.run();
        load.awaitAcknowledged(CALLS_AT_EACH_STATE);
        // A new key waits for the end of the move, and in vain when that takes long.
        load.awaitRepeats(1);
        migrations.forEach(RedisCluster.Migration::end);
        load.awaitAcknowledged(CALLS_AT_EACH_STATE);
    }

    private static RedisProcess next(List<RedisProcess> masters, RedisProcess master) {
        return masters.get((masters.indexOf(master) + 1) % masters.size());
    }
}
