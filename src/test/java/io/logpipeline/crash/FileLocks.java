package io.logpipeline.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who holds which file's lock, as Linux tells. */
final class FileLocks {
    private FileLocks() {}

    /** Whether a process holds the lock of a file, as {@code /proc/locks} lists it. */
    static boolean holds(long pid, Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        String inode = ":" + Files.getAttribute(file, "unix:ino");
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(words ->
                        words[1].equals("POSIX")
                                && words[4].equals(Long.toString(pid))
                                && words[5].endsWith(inode));
    }
}
