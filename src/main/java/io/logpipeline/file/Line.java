package io.logpipeline.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The line that an element of a list becomes, fixed for all time: its bytes and a line feed. An
 * element with a line break in it would tear the file, and one with a NUL looks like a torn write,
 * so these become one JSON string literal each.
 */
final class Line {
    static final byte BREAK = '\n';
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long EACH_SPACE = 0x2020202020202020L;
    private static final long EACH_HIGH_BIT = 0x8080808080808080L;

    private Line() {}

    /** The lines of elements, in their order; the elements' own list in most cases. */
    static List<byte[]> ofAll(List<byte[]> elements) {
        for (byte[] element : elements) {
            if (hasControl(element)) {
                return elements.stream().map(Line::of).toList();
            }
        }
        return elements;
    }

    /** The bytes of an element's line, without its line feed; the element itself in most cases. */
    static byte[] of(byte[] element) {
        return hasControl(element) && wouldTear(element) ? literal(element) : element;
    }

    /** Whether any byte is below a space, eight at a time: JSON text seldom has one. */
    private static boolean hasControl(byte[] element) {
        int at = 0;
        for (; at <= element.length - Long.BYTES; at += Long.BYTES) {
            long eight = (long) EIGHT_BYTES.get(element, at);
            // Below zero the high bit is set; a byte that had it before does not count.
            if (((eight - EACH_SPACE) & ~eight & EACH_HIGH_BIT) != 0) {
                return true;
            }
        }
        for (; at < element.length; at++) {
            if (element[at] >= 0 && element[at] < ' ') {
                return true;
            }
        }
        return false;
    }

    private static boolean wouldTear(byte[] element) {
        for (byte b : element) {
            if (b == '\n' || b == '\r' || b == 0) {
                return true;
            }
        }
        return false;
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
