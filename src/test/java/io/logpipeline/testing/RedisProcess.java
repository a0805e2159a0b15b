package io.logpipeline.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/** A redis-server of the test's own, which it may stop, kill, pause and start again on its port. */
public final class RedisProcess implements AutoCloseable {
    private static final class Binary {
        static final File FILE = extract();

        private static File extract() {
            try {
                return RedisExecProvider.defaultProvider().get();
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    private static final int PORTS_MAX = 10;
    private static final String LOG = "redis.log";

    private final Path directory;
    private final int port;
    private final List<String> options;
    private volatile Process process;
    private RedisClient client;
    private StatefulRedisConnection<String, String> connection;

    private RedisProcess(Path directory, int port, List<String> options) {
        this.directory = directory;
        this.port = port;
        this.options = options;
    }

    /**
     * Starts a server that keeps nothing on disk unless the options say so.
     *
     * @param options as on redis-server's command line, such as {@code "--appendonly", "yes"}
     */
    public static RedisProcess start(String... options) {
        try {
            Path directory = Files.createTempDirectory("redis-test-");
            for (int i = 0; i < PORTS_MAX; i++) {
                RedisProcess redis = new RedisProcess(directory, freePort(), List.of(options));
                // Somebody may take the port in between, if only for a connection of its own.
                if (redis.launch()) {
                    return redis;
                }
            }
            throw new IllegalStateException(
                    "it ended:\n" + Files.readString(directory.resolve(LOG)));
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A port that nobody listens on now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts it again after {@link #stop} or {@link #kill}, and waits until it answers. */
    public void restart() {
        if (!launch()) {
            throw new IllegalStateException("redis-server ended: its port is taken?");
        }
    }

    /** False when it ended instead of answering. */
    private boolean launch() {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Binary.FILE.getAbsolutePath(),
                                "--port",
                                Integer.toString(port),
                                "--bind",
                                "127.0.0.1",
                                "--dir",
                                directory.toString(),
                                "--save",
                                ""));
        command.addAll(options);
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            directory.resolve(LOG).toFile()))
                            .start();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
        Await.until("redis-server answers", () -> !process.isAlive() || answers());
        if (!process.isAlive()) {
            disconnect();
            return false;
        }
        return true;
    }

    private boolean answers() {
        try {
            return with(RedisCommands::ping).equals("PONG");
        } catch (RuntimeException notYet) {
            disconnect();
            return false;
        }
    }

    /** SIGTERM; what it persists, it persists. */
    public void stop() {
        disconnect();
        process.destroy();
        awaitEnd();
    }

    /** SIGKILL. */
    public void kill() {
        disconnect();
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("redis-server does not end");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Its directory: append-only files and the log. */
    public Path directory() {
        return directory;
    }

    /** Runs commands on a connection that is kept until the server ends. */
    public synchronized <T> T with(
            java.util.function.Function<RedisCommands<String, String>, T> commands) {
        if (connection == null) {
            client = RedisClient.create(RedisURI.create(url()));
            connection = client.connect();
        }
        return commands.apply(connection.sync());
    }

    private synchronized void disconnect() {
        if (client != null) {
            client.shutdown(0, 0, TimeUnit.MILLISECONDS);
        }
        client = null;
        connection = null;
    }

    /** Runs commands on a connection of their own. */
    public static <T> T with(
            String url, java.util.function.Function<RedisCommands<String, String>, T> commands) {
        RedisClient client = RedisClient.create(RedisURI.create(url));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return commands.apply(connection.sync());
        } finally {
            client.shutdown(0, 0, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        disconnect();
        process.destroyForcibly();
        awaitEnd();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
