package io.logpipeline.spec;

/**
 * A file's content: up to 16 cells of 4 bits in a long, the first one lowest. An event's line is
 * two cells, its beginning and its end; the end holds the line feed.
 */
final class Cells {
    static final int CELLS_MAX = 16;
    static final int NUL = 0;

    /** A line feed by itself. */
    static final int BREAK = 15;

    private Cells() {}

    static int begin(int event) {
        return 1 + 2 * event;
    }

    static int end(int event) {
        return 2 + 2 * event;
    }

    static int at(long cells, int index) {
        return (int) (cells >>> 4 * index) & 15;
    }

    static long with(long cells, int index, int cell) {
        if (index >= CELLS_MAX) {
            throw new IllegalStateException("the model's file is too small");
        }
        return cells & ~(15L << 4 * index) | (long) cell << 4 * index;
    }

    static long cut(long cells, int length) {
        return length >= CELLS_MAX ? cells : cells & ((1L << 4 * length) - 1);
    }

    static boolean endsLine(int cell) {
        return cell == BREAK || cell != NUL && (cell & 1) == 0;
    }

    /** Where the line that begins here ends, or -1: unterminated, or it holds a NUL. */
    static int lineEnd(long cells, int from, int length) {
        for (int i = from; i < length; i++) {
            int cell = at(cells, i);
            if (cell == NUL) {
                return -1;
            }
            if (endsLine(cell)) {
                return i + 1;
            }
        }
        return -1;
    }

    /** The event whose line this is, or -1: some other line. */
    static int event(long cells, int from, int end) {
        int cell = at(cells, from);
        return end - from == 2 && (cell & 1) == 1 && at(cells, from + 1) == cell + 1
                ? (cell - 1) / 2
                : -1;
    }

    /**
     * Where the first line ends that is this event's, or -1.
     *
     * @param insideLine what comes first is the rest of a line, and no event's
     */
    static int matchEnd(DayFile file, int from, boolean insideLine, int event) {
        boolean inside = insideLine;
        int at = from;
        for (int end = lineEnd(file.cache, at, file.cacheLength);
                end >= 0;
                end = lineEnd(file.cache, at, file.cacheLength)) {
            if (!inside && event(file.cache, at, end) == event) {
                return end;
            }
            inside = false;
            at = end;
        }
        return -1;
    }

    static String text(long cells, int length) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < length; i++) {
            int cell = at(cells, i);
            if (cell == NUL) {
                text.append("NUL ");
            } else if (cell == BREAK) {
                text.append("\\n ");
            } else if (endsLine(cell)) {
                text.append("-e").append(cell / 2).append("\\n ");
            } else {
                text.append('e').append((cell + 1) / 2).append("- ");
            }
        }
        return text.toString().stripTrailing() + "]";
    }
}
