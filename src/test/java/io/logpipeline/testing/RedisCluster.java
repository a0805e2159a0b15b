package io.logpipeline.testing;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A cluster of the test's own: masters that share the slots, and replicas of each. */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int KEYS_PER_MIGRATE = 100;
    private static final int MIGRATE_TIMEOUT_MS = 5_000;

    private final List<RedisProcess> masters = new ArrayList<>();
    private final List<RedisProcess> replicas = new ArrayList<>();

    private RedisCluster() {}

    /**
     * Starts one and waits until it is well.
     *
     * @param replicasEach of each master
     * @param options of each server, as on redis-server's command line
     */
    public static RedisCluster start(int replicasEach, String... options) {
        return startProgram(RedisProcess.binary(), replicasEach, options);
    }

    /** The same of another program. */
    public static RedisCluster startProgram(Path program, int replicasEach, String... options) {
        RedisCluster cluster = new RedisCluster();
        try {
            for (int i = 0; i < MASTERS; i++) {
                cluster.masters.add(node(program, options));
            }
            for (int i = 0; i < MASTERS * replicasEach; i++) {
                cluster.replicas.add(node(program, options));
            }
            cluster.join();
            return cluster;
        } catch (RuntimeException | AssertionError failed) {
            cluster.close();
            throw failed;
        }
    }

    private static RedisProcess node(Path program, String... options) {
        List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes"));
        all.addAll(List.of(options));
        return RedisProcess.startProgram(program, all.toArray(String[]::new));
    }

    private void join() {
        for (int i = 0; i < MASTERS; i++) {
            int first = i * SlotHash.SLOT_COUNT / MASTERS;
            int last = (i + 1) * SlotHash.SLOT_COUNT / MASTERS - 1;
            // Unlike epochs that come to be at once, these need not be sorted out first.
            cluster(masters.get(i), "SET-CONFIG-EPOCH", i + 1);
            cluster(masters.get(i), "ADDSLOTSRANGE", first, last);
        }
        for (RedisProcess each : nodes().toList()) {
            if (each != masters.getFirst()) {
                String bus =
                        each.with(server -> server.configGet("cluster-port")).get("cluster-port");
                cluster(masters.getFirst(), "MEET", "127.0.0.1", each.publicPort(), bus);
            }
        }
        Await.untilStarted("the cluster is well", () -> nodes().allMatch(this::isWell));
        for (int i = 0; i < replicas.size(); i++) {
            cluster(replicas.get(i), "REPLICATE", id(masters.get(i % MASTERS)));
        }
        Await.untilStarted(
                "every replica has its master",
                () -> replicas.stream().allMatch(RedisCluster::isInSync));
        Await.untilStarted(
                "every node knows of every replica",
                () ->
                        nodes().allMatch(node ->
                                node.with(server -> server.clusterNodes())
                                                .lines()
                                                .filter(line -> line.contains("slave"))
                                                .count()
                                        == replicas.size()));
    }

    private boolean isWell(RedisProcess node) {
        String info = node.with(server -> server.clusterInfo());
        return info.contains("cluster_state:ok")
                && info.contains("cluster_known_nodes:" + nodes().count());
    }

    /** Whether it is a replica that has all that its master had. */
    public static boolean isInSync(RedisProcess node) {
        String info = node.with(server -> server.info("replication"));
        return info.contains("role:slave") && info.contains("master_link_status:up");
    }

    public static boolean isMaster(RedisProcess node) {
        return node.with(server -> server.info("replication")).contains("role:master");
    }

    /** The port of a slot's master in the view of a node; 0 when it has none. */
    private static long owner(RedisProcess node, int slot) {
        for (Object each : node.with(server -> server.clusterSlots())) {
            List<?> range = (List<?>) each;
            if ((Long) range.get(0) <= slot && slot <= (Long) range.get(1)) {
                return (Long) ((List<?>) range.get(2)).get(1);
            }
        }
        return 0;
    }

    private static String id(RedisProcess node) {
        return node.with(server -> server.clusterMyId());
    }

    private static void cluster(RedisProcess node, Object... words) {
        CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
        for (Object word : words) {
            arguments.add(word.toString());
        }
        node.with(server ->
                server.dispatch(
                        CommandType.CLUSTER, new StatusOutput<>(StringCodec.UTF8), arguments));
    }

    /** Those that began as masters. */
    public List<RedisProcess> masters() {
        return masters;
    }

    /** Those that began as replicas, the first one of the first master first. */
    public List<RedisProcess> replicas() {
        return replicas;
    }

    public Stream<RedisProcess> nodes() {
        return Stream.concat(masters.stream(), replicas.stream());
    }

    /** As {@code redis.url} names it. */
    public String url() {
        return nodes().map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",", "redis://", ""));
    }

    /** Which of those that began as masters has the slot of a key, as long as no slot moved. */
    public RedisProcess firstMasterOf(String key) {
        return masters.get(SlotHash.getSlot(key) * MASTERS / SlotHash.SLOT_COUNT);
    }

    /** A slot on its way from one master to another. */
    public final class Migration {
        private final int slot;
        private final RedisProcess from;
        private final RedisProcess to;

        private Migration(int slot, RedisProcess from, RedisProcess to) {
            this.slot = slot;
            this.from = from;
            this.to = to;
        }

        /** Moves the keys there are, and leaves the slot on its way. */
        public Migration moveKeys() {
            List<String> keys =
                    from.with(server -> server.clusterGetKeysInSlot(slot, KEYS_PER_MIGRATE));
            if (!keys.isEmpty()) {
                MigrateArgs<String> arguments = MigrateArgs.Builder.keys(keys);
                to.password().ifPresent(arguments::auth);
                from.with(server ->
                        server.migrate(
                                "127.0.0.1", to.publicPort(), 0, MIGRATE_TIMEOUT_MS, arguments));
            }
            return this;
        }

        /** Moves what is left, and gives the slot to the other master. */
        public void end() {
            while (from.with(server -> server.clusterCountKeysInSlot(slot)) > 0) {
                moveKeys();
            }
            String id = id(to);
            cluster(to, "SETSLOT", slot, "NODE", id);
            cluster(from, "SETSLOT", slot, "NODE", id);
            // Else one that ends at once may get the same epoch, and one of them gives its slot up.
            Await.until(
                    "every master knows whose the slot is",
                    () -> masters.stream().allMatch(each -> owner(each, slot) == to.port()));
        }
    }

    /** Begins to move a slot, which stays where it is until keys are moved. */
    public Migration migrate(int slot, RedisProcess from, RedisProcess to) {
        cluster(to, "SETSLOT", slot, "IMPORTING", id(from));
        cluster(from, "SETSLOT", slot, "MIGRATING", id(to));
        return new Migration(slot, from, to);
    }

    /** All masters that live, whatever they began as. */
    public List<RedisProcess> mastersNow() {
        return living(RedisCluster::isMaster).toList();
    }

    /** Which of them has the slot of a key. */
    public RedisProcess masterOf(String key) {
        int slot = SlotHash.getSlot(key);
        return living(node -> isMaster(node) && owner(node, slot) == node.port())
                .findFirst()
                .orElseThrow();
    }

    /** All keys of all masters that live. */
    public List<String> keys(String pattern) {
        return mastersNow().stream()
                .flatMap(node -> node.with(server -> server.keys(pattern)).stream())
                .toList();
    }

    private Stream<RedisProcess> living(Predicate<RedisProcess> which) {
        return nodes().filter(RedisProcess::isAlive).filter(which);
    }

    /** How often nodes answered with this error. */
    public long errors(String code) {
        return living(node -> true)
                .mapToLong(node ->
                        node.with(server -> server.info("errorstats"))
                                .lines()
                                .filter(line -> line.startsWith("errorstat_" + code + ":count="))
                                .mapToLong(line ->
                                        Long.parseLong(line.substring(line.indexOf('=') + 1)))
                                .sum())
                .sum();
    }

    @Override
    public void close() {
        nodes().forEach(RedisProcess::close);
    }
}
