package io.logpipeline.file;

import java.nio.charset.StandardCharsets;

/**
 * The line that an element of a list becomes, fixed for all time: its bytes and a line feed. An
 * element with a line break in it would tear the file, and one with a NUL looks like a torn write,
 * so these become one JSON string literal each.
 */
final class Line {
    static final byte BREAK = '\n';
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private Line() {}

    /** The bytes of an element's line, without its line feed; the element itself in most cases. */
    static byte[] of(byte[] element) {
        for (byte b : element) {
            if (b == '\n' || b == '\r' || b == 0) {
                return literal(element);
            }
        }
        return element;
    }

    private static byte[] literal(byte[] element) {
        int length = 2;
        for (byte b : element) {
            length += escapedLength(b);
        }
        byte[] literal = new byte[length];
        int at = 0;
        literal[at++] = '"';
        for (byte b : element) {
            switch (escapedLength(b)) {
                case 1 -> literal[at++] = b;
                case 2 -> {
                    literal[at++] = '\\';
                    literal[at++] = shortEscape(b);
                }
                default -> {
                    literal[at++] = '\\';
                    literal[at++] = 'u';
                    literal[at++] = '0';
                    literal[at++] = '0';
                    literal[at++] = HEX[b >> 4];
                    literal[at++] = HEX[b & 0xF];
                }
            }
        }
        literal[at] = '"';
        return literal;
    }

    private static int escapedLength(byte b) {
        if (shortEscape(b) != 0) {
            return 2;
        }
        return b >= 0 && b < ' ' ? 6 : 1;
    }

    private static byte shortEscape(byte b) {
        return switch (b) {
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            case '"' -> '"';
            case '\\' -> '\\';
            default -> 0;
        };
    }
}
