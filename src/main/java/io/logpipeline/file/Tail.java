package io.logpipeline.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a day file from the ledger's position on: what the ledger does not know of.
 *
 * <p>Read once, in order, in bounded memory: the lines themselves are not kept, only where those
 * end that equal an element of the batch in hand.
 */
final class Tail {
    /**
     * Bounds the memory for repeated lines. Past it further repetitions are not seen, so elements
     * that equal more than a million lines after a rollback are written again, never left out.
     */
    private static final int OCCURRENCES_MAX = 1 << 20;

    private final long start;
    private final long end;
    private final long lines;
    private final Map<Bytes, Occurrences> found;

    private Tail(long start, long end, long lines, Map<Bytes, Occurrences> found) {
        this.start = start;
        this.end = end;
        this.lines = lines;
        this.found = found;
    }

    /** Where the whole lines end: the first line without a line feed or with a NUL starts here. */
    long end() {
        return end;
    }

    long lines() {
        return lines;
    }

    boolean isEmpty() {
        return end == start;
    }

    /**
     * Gives each element's line the first line of the tail that equals it and was not given to an
     * element before.
     *
     * <p>Wherever it stands: what was sent again after Redis forgot it may stand in front of events
     * that were pushed before its second try. Looked for behind these only, it would be written
     * again; and as the position then passes all that was written, so would be what stands here
     * already of the next chunk.
     *
     * @return for each line where its match ends, or -1 where it is not in the file
     */
    long[] match(List<byte[]> elementLines) {
        long[] ends = new long[elementLines.size()];
        for (int i = 0; i < ends.length; i++) {
            Occurrences occurrences = found.get(new Bytes(elementLines.get(i)));
            ends[i] = occurrences == null ? -1 : occurrences.nextEnd();
        }
        return ends;
    }

    /**
     * Reads [start, size), looking for these lines.
     *
     * @param insideLine the byte before {@code start} ends no line: what comes first is the rest of
     *     that line, even when it is only its line feed, and no element
     * @param progress told after each buffer: a tail may be a whole day's file
     */
    static Tail read(
            Disk.OpenFile file,
            long start,
            boolean insideLine,
            long size,
            List<byte[]> elementLines,
            ByteBuffer buffer,
            Runnable progress)
            throws IOException {
        if (start == size) {
            return new Tail(start, start, 0, Map.of());
        }
        Map<Bytes, Occurrences> found = HashMap.newHashMap(elementLines.size());
        int longest = 0;
        for (byte[] line : elementLines) {
            found.put(new Bytes(line), new Occurrences());
            longest = Math.max(longest, line.length);
        }
        Reader reader = new Reader(found, longest, start, insideLine);
        long at = start;
        while (at < size && !reader.torn) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - at));
            progress.run();
            int count = file.read(buffer, at);
            if (count <= 0) {
                break;
            }
            reader.take(buffer.flip(), at);
            at += count;
        }
        return new Tail(start, reader.lineStart, reader.lines, found);
    }

    private static final class Reader {
        private final Map<Bytes, Occurrences> found;
        private final byte[] line;
        private int lineLength;
        private long lineStart;
        private long lines;
        private int occurrences;
        private boolean insideLine;
        private boolean torn;

        Reader(Map<Bytes, Occurrences> found, int longest, long start, boolean insideLine) {
            this.found = found;
            this.line = new byte[longest];
            this.lineStart = start;
            this.insideLine = insideLine;
        }

        void take(ByteBuffer bytes, long at) {
            int first = bytes.position();
            while (bytes.hasRemaining()) {
                byte b = bytes.get();
                if (b == 0) {
                    torn = true;
                    return;
                }
                if (b != Line.BREAK) {
                    keep(b);
                    continue;
                }
                long lineEnd = at + bytes.position() - first;
                if (!insideLine) {
                    note(lineEnd);
                    lines++;
                }
                insideLine = false;
                lineStart = lineEnd;
                lineLength = 0;
            }
        }

        /** A line longer than every element equals none: one byte too many is all to know of it. */
        private void keep(byte b) {
            if (lineLength < line.length) {
                line[lineLength] = b;
            }
            lineLength = Math.min(lineLength + 1, line.length + 1);
        }

        private void note(long lineEnd) {
            if (lineLength > line.length || occurrences == OCCURRENCES_MAX) {
                return;
            }
            Occurrences same = found.get(new Bytes(Arrays.copyOf(line, lineLength)));
            if (same != null) {
                same.add(lineEnd);
                occurrences++;
            }
        }
    }

    /** Where the lines end that equal one element, ascending. */
    private static final class Occurrences {
        private long[] ends = new long[1];
        private int count;
        private int next;

        void add(long end) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, 2 * count);
            }
            ends[count++] = end;
        }

        long nextEnd() {
            return next < count ? ends[next++] : -1;
        }
    }

    private record Bytes(byte[] value) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }
    }
}
