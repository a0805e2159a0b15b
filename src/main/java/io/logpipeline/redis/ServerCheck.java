package io.logpipeline.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a Redis server says of itself, against what the pipeline needs. */
public record ServerCheck(
        String version, String maxmemoryPolicy, boolean appendOnly, int replicas, boolean cluster) {
    private static final int MAJOR_MIN = 7;
    private static final int MINOR_WITH_WAITAOF = 2;

    /** Asks each master; those that do not answer are left out. */
    public static List<ServerCheck> ofEach(RedisCalls calls)
            throws RedisFailure, InterruptedException {
        return fieldsOfEach(calls).stream().map(ServerCheck::of).toList();
    }

    private static ServerCheck of(Map<String, String> fields) {
        return new ServerCheck(
                fields.getOrDefault("redis_version", "0"),
                fields.getOrDefault("maxmemory_policy", "noeviction"),
                "1".equals(fields.get("aof_enabled")),
                Integer.parseInt(fields.getOrDefault("connected_slaves", "0")),
                // The mode itself has another name in Valkey.
                "1".equals(fields.get("cluster_enabled")));
    }

    static List<Map<String, String>> fieldsOfEach(RedisCalls calls)
            throws RedisFailure, InterruptedException {
        return calls.await(calls.info()).stream()
                .filter(text -> !text.isEmpty())
                .map(ServerCheck::fields)
                .toList();
    }

    static Map<String, String> fields(String info) {
        Map<String, String> fields = new HashMap<>();
        info.lines()
                .forEach(line -> {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        fields.put(line.substring(0, colon), line.substring(colon + 1));
                    }
                });
        return fields;
    }

    /**
     * Why the pipeline must not run on this server; empty when it may.
     *
     * @param topology as {@code redis.url} says
     */
    public Optional<String> refusal(Topology topology, Durability durability) {
        if (number(0) < MAJOR_MIN) {
            return Optional.of("Redis " + version + " is too old: 7.0 or later is needed");
        }
        if (!maxmemoryPolicy.equals("noeviction")) {
            return Optional.of(
                    "Redis has maxmemory-policy "
                            + maxmemoryPolicy
                            + ", which drops acknowledged events: set it to noeviction");
        }
        if (cluster != (topology == Topology.CLUSTER)) {
            return Optional.of(
                    cluster
                            // Pushes to this node's slots would succeed, those to others never.
                            ? "This Redis is a node of a cluster: name several of its nodes, or one"
                                    + " twice, redis.url=redis://a:6379,b:6379"
                            : "redis.url names several nodes, but this Redis is not of a cluster:"
                                    + " name one; Sentinels as redis-sentinel://");
        }
        return durability instanceof Durability.AppendOnlyFile ? noFile() : Optional.empty();
    }

    private Optional<String> noFile() {
        if (number(0) == MAJOR_MIN && number(1) < MINOR_WITH_WAITAOF) {
            return Optional.of(
                    "redis.durability aof needs WAITAOF: Redis 7.2 or later, not " + version);
        }
        return appendOnly
                ? Optional.empty()
                : Optional.of("redis.durability aof needs a Redis with appendonly yes");
    }

    /** Why events are refused for now; empty when they are not. */
    public Optional<String> shortage(Durability durability) {
        return durability instanceof Durability.Replicas wanted && replicas < wanted.count()
                ? Optional.of(
                        "redis.durability asks for "
                                + wanted.count()
                                + " replicas, Redis has "
                                + replicas
                                + ": POST answers 500 until they are there")
                : Optional.empty();
    }

    private int number(int index) {
        String[] numbers = version.split("\\.", -1);
        return index < numbers.length ? Integer.parseInt(numbers[index]) : 0;
    }
}
