package io.logpipeline.rollback;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The log directory at one moment, with its times: they decide where an unknown file begins.
 *
 * @param redisBytes how long the append-only file was at least: any shorter one was there before
 * @param torn the users whose file ends within a line
 */
record Photograph(String name, int redisBytes, Path files, List<Integer> torn) {
    static Photograph take(String name, int redisBytes, Path logDir, Path files, List<Integer> torn)
            throws IOException {
        copy(logDir, files);
        return new Photograph(name, redisBytes, files, List.copyOf(torn));
    }

    /** Whether these files and this prefix may meet after a crash: files are never behind. */
    boolean isAheadOf(AppendOnlyFile.Cut cut) {
        return cut.bytes() <= redisBytes;
    }

    void copyTo(Path logDir) throws IOException {
        copy(files, logDir);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path each : walk.toList()) {
                Path copy = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(each, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
