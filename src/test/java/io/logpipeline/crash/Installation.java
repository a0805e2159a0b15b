package io.logpipeline.crash;

import io.logpipeline.FaultyMain;
import io.logpipeline.file.DirectoryErrors;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The packaged jar and the classes that strike it, with an ahead-of-time cache that makes the start
 * of one process after the other cheap. The cache takes no directories on its class path, so those
 * classes are put into a jar.
 */
final class Installation {
    private static final String PRODUCTION =
            System.getProperty("logpipeline.jar", "target/log-pipeline.jar");
    private static final List<String> OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    // Of the cache's parts that this machine can't use.
                    "-Xlog:disable",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private final String classPath;
    private final Path cache;

    private Installation(String classPath, Path cache) {
        this.classPath = classPath;
        this.cache = cache;
    }

    /** Packs, and makes the cache from one short run. */
    static Installation in(Path directory) throws IOException {
        Path striking = directory.resolve("striking.jar");
        pack(striking);
        String classPath = striking + ":" + Path.of(PRODUCTION).toAbsolutePath();
        Installation installation = new Installation(classPath, directory.resolve("cache.aot"));
        installation.train(Files.createDirectories(directory.resolve("training")));
        return installation;
    }

    /** A process that faults can strike; it rests until it gets an order. */
    PipelineProcess.Builder process(Path home) {
        PipelineProcess.Builder builder = plain(home);
        return Files.exists(cache) ? builder.jvmOption("-XX:AOTCache=" + cache) : builder;
    }

    private PipelineProcess.Builder plain(Path home) {
        PipelineProcess.Builder builder =
                PipelineProcess.of(home, "all").mainClass(FaultyMain.class).classPath(classPath);
        OPTIONS.forEach(builder::jvmOption);
        return builder;
    }

    private void train(Path home) {
        try (RedisProcess redis = RedisProcess.start();
                Replica replica =
                        Replica.start(
                                plain(home).jvmOption("-XX:AOTCacheOutput=" + cache),
                                home,
                                redis.url(),
                                Setup.standard())) {
            replica.order("work");
            replica.await("ready", replica::isReady);
            replica.process().post(Numbered.line("training", 1));
            replica.awaitDrained(redis);
            replica.askToEnd();
            replica.awaitExit();
        }
    }

    private static void pack(Path jar) throws IOException {
        Path classes;
        try {
            classes =
                    Path.of(
                            FaultyMain.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
        } catch (URISyntaxException failure) {
            throw new IOException(failure);
        }
        List<Path> files = new ArrayList<>();
        for (Class<?> each : List.of(FaultyMain.class, DirectoryErrors.class)) {
            files.add(classes.resolve(each.getName().replace('.', '/') + ".class"));
        }
        try (Stream<Path> faults = Files.list(classes.resolve("io/logpipeline/faults"))) {
            faults.forEach(files::add);
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path file : files) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }
}
