package io.logpipeline.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A Redis that servers store into: one thread, in memory only unless told otherwise. */
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
    private final Path directory;
    private final List<ServerProcess> processes = new ArrayList<>();
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    BenchRedis(int port, Path work) throws IOException {
        this("redis-server", port, work, List.of(), 0);
    }

    /**
     * @param program Redis, or another server that speaks the same
     * @param more of its options
     * @param replicas that follow it, on the ports after its own
     */
    BenchRedis(String program, int port, Path work, List<String> more, int replicas)
            throws IOException {
        this.port = port;
        directory = Files.createDirectories(work.resolve("redis-" + port));
        start(program, port, more);
        for (int replica = 1; replica <= replicas; replica++) {
            start(program, port + replica, List.of("--replicaof", "127.0.0.1", "" + port));
        }
        client = RedisClient.create(url());
        connection = client.connect();
        // Counting 100,000 lists takes a while.
        connection.setTimeout(Duration.ofMinutes(1));
    }

    /**
     * With an append-only file.
     *
     * @param policy when it is forced, {@code appendfsync}
     */
    static BenchRedis appending(int port, Path work, String policy) throws IOException {
        List<String> options = List.of("--appendonly", "yes", "--appendfsync", policy);
        return new BenchRedis("redis-server", port, work, options, 0);
    }

    /** The server itself, without replicas. */
    ServerProcess process() {
        return processes.getFirst();
    }

    private void start(String program, int at, List<String> more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program,
                                "--port",
                                String.valueOf(at),
                                "--bind",
                                "127.0.0.1",
                                "--dir",
                                directory.toString(),
                                "--save",
                                "",
                                "--maxclients",
                                "15000"));
        command.addAll(more);
        Path log = directory.resolveSibling("redis-" + at + ".log");
        processes.add(ServerProcess.start("redis", at, log, command, Map.of()));
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

    /** With its replicas. */
    double cpuSeconds() throws IOException {
        double sum = 0;
        for (ServerProcess process : processes) {
            sum += process.cpuSeconds();
        }
        return sum;
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        processes.forEach(ServerProcess::close);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException left) {
            System.err.println("left behind: " + directory);
        }
    }
}
