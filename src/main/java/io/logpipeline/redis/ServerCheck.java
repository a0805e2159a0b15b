package io.logpipeline.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a Redis server says of itself, against what the pipeline needs. */
public record ServerCheck(
        String version, String maxmemoryPolicy, boolean appendOnly, int replicas, boolean cluster) {
    private static final int MAJOR_MIN = 7;
    private static final int MINOR_WITH_WAITAOF = 2;

    /** Asks the server. */
    public static ServerCheck of(RedisCalls calls) throws RedisFailure, InterruptedException {
        Map<String, String> fields = fieldsOf(calls);
        return new ServerCheck(
                fields.getOrDefault("redis_version", "0"),
                fields.getOrDefault("maxmemory_policy", "noeviction"),
                "1".equals(fields.get("aof_enabled")),
                Integer.parseInt(fields.getOrDefault("connected_slaves", "0")),
                "cluster".equals(fields.get("redis_mode")));
    }

    static Map<String, String> fieldsOf(RedisCalls calls)
            throws RedisFailure, InterruptedException {
        Map<String, String> fields = new HashMap<>();
        calls.await(calls.info())
                .lines()
                .forEach(line -> {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        fields.put(line.substring(0, colon), line.substring(colon + 1));
                    }
                });
        return fields;
    }

    /** Why the pipeline must not run on this server; empty when it may. */
    public Optional<String> refusal(Durability durability) {
        if (number(0) < MAJOR_MIN) {
            return Optional.of("Redis " + version + " is too old: 7.0 or later is needed");
        }
        if (!maxmemoryPolicy.equals("noeviction")) {
            return Optional.of(
                    "Redis has maxmemory-policy "
                            + maxmemoryPolicy
                            + ", which drops acknowledged events: set it to noeviction");
        }
        if (cluster) {
            // Pushes to this node's slots would succeed, claims over two slots never.
            return Optional.of(
                    "Redis Cluster is not supported yet: name a server that runs without"
                            + " cluster-enabled");
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
