package io.logpipeline.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What came into the files below a directory since the last {@link #check}. */
final class LandedLines {
    private final Path directory;
    private final NumberedLines lines;
    private final Map<Path, Long> checkedBytes = new HashMap<>();

    LandedLines(Path directory, NumberedLines lines) {
        this.directory = directory;
        this.lines = lines;
    }

    /** How many came, as the sizes say: cheap enough to look at again and again. */
    long arrived() throws IOException {
        long bytes = 0;
        for (Path file : files()) {
            bytes += Files.size(file) - checkedBytes.getOrDefault(file, 0L);
        }
        return bytes / (lines.length() + 1);
    }

    /**
     * Reads what came.
     *
     * @throws IOException unless it is the lines from a number on, whole and each of them once
     */
    void check(long first, long count) throws IOException {
        BitSet seen = new BitSet();
        long wrong = 0;
        for (Path file : files()) {
            long from = checkedBytes.getOrDefault(file, 0L);
            long bytes = 0;
            try (FileChannel channel = FileChannel.open(file);
                    InputStream in =
                            new BufferedInputStream(
                                    Channels.newInputStream(channel.position(from)), 1 << 16)) {
                for (byte[] line = line(in); line.length > 0; line = line(in)) {
                    bytes += line.length;
                    wrong += isNew(line, first, count, seen) ? 0 : 1;
                }
            }
            checkedBytes.put(file, from + bytes);
        }
        if (wrong > 0 || seen.cardinality() != count) {
            throw new IOException(
                    "%s: %,d events, of which %,d are in the files; %,d lines too many or torn"
                            .formatted(directory, count, seen.cardinality(), wrong));
        }
    }

    private boolean isNew(byte[] terminated, long first, long count, BitSet seen) {
        int length = terminated.length - 1;
        if (terminated[length] != '\n') {
            return false;
        }
        long index = lines.numberOf(Arrays.copyOf(terminated, length)) - first;
        if (index < 0 || index >= count || seen.get((int) index)) {
            return false;
        }
        seen.set((int) index);
        return true;
    }

    /** The next line with its line break, which the last one may lack; empty at the end. */
    private byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(lines.length() + 1);
        for (int b = in.read(); b >= 0; b = in.read()) {
            line.write(b);
            if (b == '\n') {
                break;
            }
        }
        return line.toByteArray();
    }

    /** Without those whose name begins with a dot: they are a pipeline's own. */
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }
}
