package io.logpipeline;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/**
 * A Redis for the demo: it listens on the loopback only and leaves nothing behind.
 *
 * <p>Invariant: it ends with this process, however this process ends. A shell stands between the
 * two and reads from a pipe of which only this process has the other end; when that end is gone, by
 * {@link #close()} or because the process was killed or halted, the shell kills Redis. Signals to
 * the terminal's process group reach neither: Redis is needed until the drainer has stopped.
 */
final class EmbeddedRedis implements AutoCloseable {
    private static final String KEEPER =
            """
            directory=$1
            shift
            trap '' HUP INT TERM
            $(command -v setsid) "$@" </dev/null &
            redis=$!
            cat >/dev/null
            kill -9 "$redis"
            wait "$redis"
            rm -rf "$directory"
            """;

    private final Process keeper;
    private final File binary;
    private final int port;

    private EmbeddedRedis(Process keeper, File binary, int port) {
        this.keeper = keeper;
        this.binary = binary;
        this.port = port;
    }

    static EmbeddedRedis start() throws IOException {
        File binary = RedisExecProvider.defaultProvider().get();
        int port = freePort();
        Path directory = Files.createTempDirectory("log-pipeline-redis-");
        List<String> command =
                List.of(
                        "sh",
                        "-c",
                        KEEPER,
                        "log-pipeline-redis",
                        directory.toString(),
                        binary.getAbsolutePath(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--dir",
                        directory.toString(),
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--maxmemory-policy",
                        "noeviction");
        try {
            Process keeper =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("redis.log").toFile())
                            .start();
            return new EmbeddedRedis(keeper, binary, port);
        } catch (IOException failed) {
            deleteAll(directory);
            throw failed;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        try {
            keeper.getOutputStream().close();
            if (!keeper.waitFor(5, TimeUnit.SECONDS)) {
                keeper.descendants().forEach(ProcessHandle::destroyForcibly);
                keeper.destroyForcibly();
            }
            Path extracted = binary.toPath().getParent();
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
            if (extracted != null && temporary.equals(extracted.getParent())) {
                deleteAll(extracted);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }

    private static void deleteAll(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
