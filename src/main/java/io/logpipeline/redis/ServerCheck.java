package io.logpipeline.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a Redis server says of itself, against what the pipeline needs. */
public record ServerCheck(
        String version, String maxmemoryPolicy, boolean appendOnly, boolean cluster) {
    private static final int MAJOR_MIN = 7;

    /** Asks the server. */
    public static ServerCheck of(RedisCalls calls) throws RedisFailure, InterruptedException {
        Map<String, String> fields = fieldsOf(calls);
        return new ServerCheck(
                fields.getOrDefault("redis_version", "0"),
                fields.getOrDefault("maxmemory_policy", "noeviction"),
                "1".equals(fields.get("aof_enabled")),
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
    public Optional<String> refusal() {
        int dot = version.indexOf('.');
        int major = Integer.parseInt(dot < 0 ? version : version.substring(0, dot));
        if (major < MAJOR_MIN) {
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
        return Optional.empty();
    }
}
