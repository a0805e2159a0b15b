package io.logpipeline.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    /** An option; its servers talk to one another on a second port. */
    private static final String CLUSTER = "--cluster-enabled";

    /** A setting; such a server listens on a second port, too. */
    static final String TLS = "tls-cert-file";

    private static final String TLS_PORT = "--tls-port";
    private static final String PASSWORD = "--requirepass";

    private final Path program;
    private final Path directory;
    private final int port;
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
            List<String> all = new ArrayList<>(List.of(options));
            if (all.contains(CLUSTER)) {
                // Else it is the port + 10,000, which others may have.
                all.addAll(List.of("--cluster-port", Integer.toString(FreePort.next())));
            }
            if (all.contains("--" + TLS)) {
                all.addAll(List.of(TLS_PORT, Integer.toString(FreePort.next())));
            }
            return new RedisProcess(program, directory, FreePort.next(), List.copyOf(all));
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The server's binary, which is also its tools, by the name that it is called by. */
    public static Path binary() {
        return Binary.FILE.toPath();
    }

    /**
     * Starts it, or starts it again after {@link #stop} or {@link #kill}, and waits until it
     * answers.
     */
    public void restart() {
        try {
            if (!startAndAwait()) {
                throw new IllegalStateException("redis-server ended:\n" + Files.readString(log()));
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
        Await.untilStarted("redis-server answers", () -> !started.isAlive() || answers(started));
        return started.isAlive();
    }

    private Path log() {
        return directory.resolve("redis.log");
    }

    /** This one, with all that it has on disk: while it loads, it tells of itself already. */
    private boolean answers(Process started) {
        try {
            String info = with(server -> server.info());
            if (info.contains("process_id:" + started.pid() + "\r\n")
                    && info.contains("\r\nloading:0\r\n")) {
                return true;
            }
        } catch (RuntimeException notYet) {
            // It starts.
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

    /** Without TLS, also where it has another with: for the test's own looks. */
    public int port() {
        return port;
    }

    /** For all others: with TLS where it has one. */
    public int publicPort() {
        return option(TLS_PORT).map(Integer::parseInt).orElse(port);
    }

    /** Of its default user. */
    public Optional<String> password() {
        return option(PASSWORD);
    }

    private Optional<String> option(String name) {
        int at = options.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(options.get(at + 1));
    }

    public long pid() {
        return process.pid();
    }

    /** With the password, where its options have one. */
    public String url() {
        String login =
                password()
                        .map(word -> ":" + URLEncoder.encode(word, StandardCharsets.UTF_8) + "@")
                        .orElse("");
        return "redis://" + login + "127.0.0.1:" + port;
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
            ClientEnd.of(client);
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
            ClientEnd.of(client);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        // A child of it that writes its append-only file anew outlives it for a moment.
        Await.until(
                "its directory is gone",
                () -> {
                    try (Stream<Path> walk = Files.walk(directory)) {
                        for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                            Files.deleteIfExists(path);
                        }
                    }
                    return Files.notExists(directory);
                });
    }
}
