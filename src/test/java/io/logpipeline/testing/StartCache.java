package io.logpipeline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The packaged jar's ahead-of-time cache: with it the start of a process costs a third. The first
 * one who asks makes it, from one short run; it serves the jar and whatever class path begins with
 * it. A JVM that it doesn't suit starts without it.
 */
public final class StartCache {
    /** What a process has to be given as the run was, or the cache is of no use to it. */
    private static final List<String> AS_TRAINED =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    /** Making the cache belongs to the end of the run; bounds a failing test only. */
    private static final Duration END_LIMIT = Duration.ofMinutes(4);

    private static final class Once {
        static final List<String> OPTIONS = options();
    }

    private StartCache() {}

    /** The packaged jar. */
    public static Path jar() {
        return Path.of(System.getProperty("logpipeline.jar", "target/log-pipeline.jar"))
                .toAbsolutePath();
    }

    /** The JVM's options for a quick start, which are to precede the class path. */
    static List<String> jvmOptions() {
        return Once.OPTIONS;
    }

    private static List<String> options() {
        Path cache = jar().resolveSibling("log-pipeline.aot");
        Path lock = jar().resolveSibling("log-pipeline.aot.lock");
        try (FileChannel channel =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock alone = channel.lock()) {
            if (!isOf(jar(), cache)) {
                Files.deleteIfExists(cache);
                train(cache);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Stream.concat(
                        AS_TRAINED.stream(),
                        Files.exists(cache)
                                // Silent about those parts of it that this machine can't use.
                                ? Stream.of("-XX:AOTCache=" + cache, "-Xlog:disable")
                                : Stream.of())
                .toList();
    }

    private static boolean isOf(Path jar, Path cache) throws IOException {
        return Files.exists(cache)
                && Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(jar)) > 0;
    }

    private static void train(Path cache) throws IOException {
        Path home = Files.createTempDirectory("start-cache-");
        PipelineProcess.Builder all =
                PipelineProcess.of(home, "all").cold().jvmOption("-XX:AOTCacheOutput=" + cache);
        AS_TRAINED.forEach(all::jvmOption);
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess process = all.redis(redis.url()).startReady()) {
            process.post(Numbered.line("training", 1));
            Await.until(
                    "the event is drained",
                    () -> redis.with(commands -> commands.keys("logs:user_*")).isEmpty());
            // By a signal: the JDK's own way closes the pipes too.
            process.signal("TERM");
            Await.until("it ends", END_LIMIT, () -> !process.isAlive());
        } finally {
            try (Stream<Path> walk = Files.walk(home)) {
                for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
