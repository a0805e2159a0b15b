package io.logpipeline.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Sentinel of the test's own, which watches a server and its replicas. */
public final class SentinelProcess implements AutoCloseable {
    /** What all of them call the server. */
    public static final String NAME = "main";

    private final Path directory;
    private final int port;
    private final Process process;

    private SentinelProcess(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param quorum how many must find that the server is away
     * @param downAfterMs without an answer, until one finds so
     */
    public static SentinelProcess start(RedisProcess watched, int quorum, int downAfterMs) {
        try {
            Path directory = Files.createTempDirectory("sentinel-test-");
            int port = FreePort.next();
            Path file =
                    Files.write(
                            directory.resolve("sentinel.conf"),
                            List.of(
                                    "port " + port,
                                    "bind 127.0.0.1",
                                    "dir " + directory,
                                    "sentinel monitor %s 127.0.0.1 %d %d"
                                            .formatted(NAME, watched.port(), quorum),
                                    "sentinel down-after-milliseconds %s %d"
                                            .formatted(NAME, downAfterMs),
                                    "sentinel failover-timeout %s 10000".formatted(NAME)));
            Process process =
                    new ProcessBuilder(
                                    RedisProcess.binary().toAbsolutePath().toString(),
                                    file.toString(),
                                    "--sentinel")
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("sentinel.log").toFile())
                            .start();
            SentinelProcess sentinel = new SentinelProcess(directory, port, process);
            Await.untilStarted("the Sentinel answers", () -> sentinel.master() == watched.port());
            return sentinel;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    public int port() {
        return port;
    }

    /** The port of the server that it calls the master. */
    public int master() {
        return told("port");
    }

    /** How many other Sentinels it knows. */
    public int others() {
        return told("num-other-sentinels");
    }

    private int told(String field) {
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        try (var connection = client.connectSentinel()) {
            return Integer.parseInt(connection.sync().master(NAME).get(field));
        } finally {
            ClientEnd.of(client);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            for (String name : List.of("sentinel.conf", "sentinel.log")) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.deleteIfExists(directory);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
