package io.logpipeline.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What Linux says about a process. */
public final class ProcessFiles {
    private ProcessFiles() {}

    /** How many files and sockets it has open. */
    public static int openFiles(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return (int) open.count();
        }
    }

    /** Its resident memory, in bytes. */
    public static long residentBytes(long pid) throws IOException {
        return 1024 * number(Path.of("/proc/" + pid + "/status"), "VmRSS:", 1);
    }

    /** How many files this process may have open. */
    public static long openFilesLimit() throws IOException {
        return number(Path.of("/proc/self/limits"), "Max open files", 3);
    }

    private static long number(Path file, String line, int word) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            String found = lines.filter(each -> each.startsWith(line)).findFirst().orElseThrow();
            return Long.parseLong(found.split("\\s+")[word]);
        }
    }
}
