package io.logpipeline.event;

/**
 * What a body's events will take of memory, seen before it is parsed: as far as the parser gets,
 * this sees the same objects.
 *
 * @param events how many there are at most
 * @param longestBytes of one event, as sent, at most
 */
public record BodyOutline(int events, int longestBytes) {
    /** Looks through the first {@code length} bytes of a body. */
    public static BodyOutline of(byte[] body, int length) {
        int events = 0;
        int longestBytes = 0;
        int depth = 0;
        int start = 0;
        for (int at = 0; at < length; at++) {
            switch (body[at]) {
                case '"' -> at = endOfString(body, at + 1, length);
                case '{' -> {
                    if (depth++ == 0) {
                        start = at;
                        events++;
                    }
                }
                case '}' -> {
                    if (--depth == 0) {
                        longestBytes = Math.max(longestBytes, at + 1 - start);
                    }
                }
                default -> {}
            }
        }
        if (depth > 0) {
            longestBytes = Math.max(longestBytes, length - start);
        }
        return new BodyOutline(events, longestBytes);
    }

    /** At the closing quote, or the end. */
    private static int endOfString(byte[] body, int start, int length) {
        int at = start;
        while (at < length && body[at] != '"') {
            at += body[at] == '\\' ? 2 : 1;
        }
        return at;
    }
}
