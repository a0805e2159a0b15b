package io.logpipeline.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Sentinel of the test's own, which watches a server and its replicas. */
public final class SentinelProcess implements AutoCloseable {
    /** What all of them call the server. */
    public static final String NAME = "main";

    private final Path directory;
    private final int port;
    private final int publicPort;
    private final String password;
    private final Process process;

    private SentinelProcess(
            Path directory, int port, int publicPort, String password, Process process) {
        this.directory = directory;
        this.port = port;
        this.publicPort = publicPort;
        this.password = password;
        this.process = process;
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
            Path file = Files.write(directory.resolve("sentinel.conf"), lines);
            Process process =
                    new ProcessBuilder(
                                    program.toAbsolutePath().toString(),
                                    file.toString(),
                                    "--sentinel")
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("sentinel.log").toFile())
                            .start();
            SentinelProcess sentinel =
                    new SentinelProcess(directory, port, publicPort, password, process);
            Await.untilStarted("the Sentinel answers", () -> sentinel.master() > 0);
            return sentinel;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
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
