package io.logpipeline.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Sentinel of the test's own, which watches a server and its replicas. */
public final class SentinelProcess implements AutoCloseable {
    /** What all of them call the server. */
    public static final String NAME = "main";

    private final Path program;
    private final Path directory;
    private final int port;
    private final int publicPort;
    private final String password;
    private volatile @Nullable Process process;

    private SentinelProcess(
            Path program, Path directory, int port, int publicPort, String password) {
        this.program = program;
        this.directory = directory;
        this.port = port;
        this.publicPort = publicPort;
        this.password = password;
    }

    /**
     * Starts one.
     *
     * @param program of a server, which is also a Sentinel's
     * @param password that it asks for; empty where it asks for none
     * @param settings lines of its file: what it watches, and how
     */
    public static SentinelProcess start(Path program, String password, List<String> settings) {
        try {
            Path directory = Files.createTempDirectory("sentinel-test-");
            int port = FreePort.next();
            List<String> lines = new ArrayList<>(settings);
            lines.addAll(List.of("port " + port, "bind 127.0.0.1", "dir " + directory));
            int publicPort = port;
            if (settings.stream().anyMatch(line -> line.startsWith(RedisProcess.TLS))) {
                publicPort = FreePort.next();
                lines.add("tls-port " + publicPort);
            }
            if (!password.isEmpty()) {
                lines.add("requirepass " + password);
            }
            SentinelProcess sentinel =
                    new SentinelProcess(program, directory, port, publicPort, password);
            Files.write(sentinel.file(), lines);
            sentinel.restart();
            return sentinel;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Starts it again after {@link #kill}: what it knew is in its file. */
    public void restart() {
        try {
            process =
                    new ProcessBuilder(
                                    program.toAbsolutePath().toString(),
                                    file().toString(),
                                    "--sentinel")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                            .start();
            Await.untilStarted("the Sentinel answers", () -> master() > 0);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Path file() {
        return directory.resolve("sentinel.conf");
    }

    private Path log() {
        return directory.resolve("sentinel.log");
    }

    /** For all but the test: with TLS where it has one. */
    public int publicPort() {
        return publicPort;
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
        RedisURI.Builder uri = RedisURI.builder().withHost("127.0.0.1").withPort(port);
        if (!password.isEmpty()) {
            uri.withPassword(password.toCharArray());
        }
        RedisClient client = RedisClient.create(uri.build());
        try (var connection = client.connectSentinel()) {
            return Integer.parseInt(connection.sync().master(NAME).get(field));
        } finally {
            ClientEnd.of(client);
        }
    }

    public boolean isAlive() {
        Process now = process;
        return now != null && now.isAlive();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try {
            for (Path each : List.of(file(), log(), directory)) {
                Files.deleteIfExists(each);
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
