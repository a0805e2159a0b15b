package io.logpipeline.crash;

import io.logpipeline.FaultyMain;
import io.logpipeline.file.DirectoryErrors;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.StartCache;
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

/** The packaged jar, and behind it another one of the classes that strike it. */
final class Installation {
    private final String classPath;

    private Installation(String classPath) {
        this.classPath = classPath;
    }

    /** Packs. */
    static Installation in(Path directory) throws IOException {
        Path striking = directory.resolve("striking.jar");
        pack(striking);
        return new Installation(StartCache.jar() + ":" + striking);
    }

    /** A process that faults can strike; it rests until it gets an order. */
    PipelineProcess.Builder process(Path home) {
        return PipelineProcess.of(home, "all")
                .mainClass(FaultyMain.class)
                .classPath(classPath)
                .jvmOption("-XX:+UseSerialGC");
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
