package io.logpipeline.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    private static final int PORT_MIN = 16_000;
    private static final int PORT_MAX = 32_000;
    private static final int PORT_TRIES_MAX = 100;
    private static final int START_TRIES_MAX = 5;

    private final Path program;
    private final Path directory;
    private int port;
    private final List<String> options;
    private volatile @Nullable Process process;
    private RedisClient client;
    private StatefulRedisConnection<String, String> connection;

    private RedisProcess(Path program, Path directory, int port, List<String> options) {
        this.program = program;
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
        RedisProcess redis = notStarted(options);
        redis.restart();
        return redis;
    }

    /** A server whose directory may be filled before {@link #restart} starts it. */
    public static RedisProcess notStarted(String... options) {
        return of(binary(), options);
    }

    /** Starts another server that speaks the same, from its own binary. */
    public static RedisProcess startProgram(Path program, String... options) {
        RedisProcess other = of(program, options);
        other.restart();
        return other;
    }

    private static RedisProcess of(Path program, String... options) {
        try {
            Path directory = Files.createTempDirectory("redis-test-");
            return new RedisProcess(program, directory, freePort(), List.of(options));
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The server's binary, which is also its tools, by the name that it is called by. */
    public static Path binary() {
        return Binary.FILE.toPath();
    }

    /**
     * A port that nobody listens on now, and that no outgoing connection is given: a client that
     * tries while the server is down could meet itself there, and keep the server from coming back.
     */
    public static int freePort() throws IOException {
        for (int tries = 0; ; tries++) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            try (ServerSocket socket = new ServerSocket()) {
                // As a server does: what an earlier one's connections left behind is no hindrance.
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
                return port;
            } catch (BindException taken) {
                if (tries == PORT_TRIES_MAX) {
                    throw taken;
                }
            }
        }
    }

    /**
     * Starts it, or starts it again after {@link #stop} or {@link #kill}, and waits until it
     * answers.
     */
    public void restart() {
        try {
            boolean first = process == null;
            for (int tries = 0; !startAndAwait(); tries++) {
                String log = Files.readString(log());
                // By Redis' own words: those of the system are other ones in each C library.
                boolean portTaken = log.contains("Failed listening on port");
                if (!first || tries == START_TRIES_MAX || !portTaken) {
                    throw new IllegalStateException("redis-server ended:\n" + log);
                }
                port = freePort();
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private boolean startAndAwait() throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.toString(),
                                "--port",
                                Integer.toString(port),
                                "--bind",
                                "127.0.0.1",
                                "--dir",
                                directory.toString(),
                                "--save",
                                ""));
        command.addAll(options);
        Process started =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
        process = started;
        Await.until("redis-server answers", () -> !started.isAlive() || answers(started));
        return started.isAlive();
    }

    private Path log() {
        return directory.resolve("redis.log");
    }

    /** This one, not another that was quicker to take the port. */
    private boolean answers(Process started) {
        try {
            String id = "process_id:" + started.pid() + "\r\n";
            if (with(server -> server.info("server")).contains(id)) {
                return true;
            }
        } catch (RuntimeException notYet) {
            // It starts, or loads what it has on disk.
        }
        disconnect();
        return false;
    }

    /** Sends a signal by name, such as {@code STOP}. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
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

    /** Whether it runs; one that is paused does. */
    public boolean isAlive() {
        Process now = process;
        return now != null && now.isAlive();
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
        if (process != null) {
            kill();
        }
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
