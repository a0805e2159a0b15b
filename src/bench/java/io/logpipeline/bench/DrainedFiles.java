package io.logpipeline.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The day files that a run of the drain leaves. */
final class DrainedFiles {
    private DrainedFiles() {}

    /** What is there would be counted, and deleted, with the first run's. */
    static void requireNone(Path logDir) throws IOException {
        Files.createDirectories(logDir);
        try (Stream<Path> entries = Files.list(logDir)) {
            if (entries.anyMatch(Files::isDirectory)) {
                throw new IllegalArgumentException(
                        logDir + " holds day files, of a run that was ended: remove them");
            }
        }
    }

    /** How many lines they hold together. */
    static long countAndDelete(Path logDir) throws IOException {
        long lines = 0;
        try (Stream<Path> directories = Files.list(logDir)) {
            for (Path directory : (Iterable<Path>) directories::iterator) {
                if (!Files.isDirectory(directory)) {
                    continue;
                }
                try (Stream<Path> files = Files.list(directory)) {
                    lines += files.mapToLong(DrainedFiles::countAndDeleteFile).sum();
                }
                Files.delete(directory);
            }
        }
        return lines;
    }

    private static long countAndDeleteFile(Path file) {
        try {
            long lines = 0;
            for (byte each : Files.readAllBytes(file)) {
                lines += each == '\n' ? 1 : 0;
            }
            Files.delete(file);
            return lines;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
