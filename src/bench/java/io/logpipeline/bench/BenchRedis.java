package io.logpipeline.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The Redis that all servers store into: one thread, in memory only, on the loopback. */
final class BenchRedis implements AutoCloseable {
    private static final String STORED =
            """
            local events = 0
            for _, key in ipairs(redis.call('KEYS', 'logs:user_*')) do
                events = events + redis.call('LLEN', key)
            end
            return events
            """;

    /** What webdis calls: it has no transactions and no two commands in a request. */
    private static final String PUSH_AND_EXPIRE =
            "redis.call('RPUSH', KEYS[1], ARGV[1]) return redis.call('EXPIRE', KEYS[1], 600)";

    private final int port;
    private final ServerProcess process;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    BenchRedis(int port, Path work) throws IOException {
        this.port = port;
        process =
                ServerProcess.start(
                        "redis",
                        port,
                        work.resolve("redis.log"),
                        List.of(
                                "redis-server",
                                "--port",
                                String.valueOf(port),
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--appendonly",
                                "no",
                                "--maxclients",
                                "15000"),
                        Map.of());
        client = RedisClient.create(url());
        connection = client.connect();
        // Counting 100,000 lists takes a while.
        connection.setTimeout(Duration.ofMinutes(1));
    }

    int port() {
        return port;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    void empty() {
        connection.sync().flushall();
    }

    /** Events in all lists. */
    long storedEvents() {
        return connection.sync().<Long>eval(STORED, ScriptOutputType.INTEGER);
    }

    String pushScriptDigest() {
        return connection.sync().scriptLoad(PUSH_AND_EXPIRE);
    }

    /** Stops answering for a while. */
    void pause(Duration duration) {
        connection.sync().clientPause(duration.toMillis());
    }

    String version() {
        return connection
                .sync()
                .info("server")
                .lines()
                .filter(line -> line.startsWith("redis_version:"))
                .map(line -> line.substring("redis_version:".length()).strip())
                .findFirst()
                .orElse("?");
    }

    double cpuSeconds() throws IOException {
        return process.cpuSeconds();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        process.close();
    }
}
