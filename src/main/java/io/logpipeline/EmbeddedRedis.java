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

/** A Redis for the demo: it listens on the loopback only and leaves nothing behind. */
final class EmbeddedRedis implements AutoCloseable {
    private final Process process;
    private final Path directory;
    private final File binary;
    private final int port;

    private EmbeddedRedis(Process process, Path directory, File binary, int port) {
        this.process = process;
        this.directory = directory;
        this.binary = binary;
        this.port = port;
    }

    static EmbeddedRedis start() throws IOException {
        File binary = RedisExecProvider.defaultProvider().get();
        Path directory = Files.createTempDirectory("log-pipeline-redis-");
        int port = freePort();
        Process process =
                new ProcessBuilder(
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
                                "noeviction")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("redis.log").toFile())
                        .start();
        return new EmbeddedRedis(process, directory, binary, port);
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
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            deleteAll(directory);
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
