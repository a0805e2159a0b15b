package io.logpipeline.event;

import java.util.Arrays;

/**
 * Writes the stored line: compact JSON in UTF-8. Never writes a byte below 0x20, so the line cannot
 * be torn.
 */
final class LineWriter {
    private static final int FIRST_CAPACITY_BYTES = 4096;
    private static final int BYTES_PER_CHAR_MAX = 6;
    private static final String HEX_DIGITS = "0123456789abcdef";

    private final int capacityMax;
    private byte[] bytes;
    private int size;

    /**
     * @param bytesMax of a line. Of what one is read from it takes no more: nothing JSON allows is
     *     shorter than the form written here.
     */
    LineWriter(int bytesMax) {
        capacityMax = bytesMax + BYTES_PER_CHAR_MAX;
        bytes = new byte[Math.min(capacityMax, FIRST_CAPACITY_BYTES)];
    }

    /** What was written since the last line was taken, in bytes. */
    int size() {
        return size;
    }

    /** Holds what was written since the last line was taken, and this only until more is. */
    byte[] bytes() {
        return bytes;
    }

    /** What was written since the last call. */
    byte[] take() {
        byte[] line = Arrays.copyOf(bytes, size);
        size = 0;
        return line;
    }

    void ascii(char c) {
        reserve(1);
        bytes[size++] = (byte) c;
    }

    void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            ascii(text.charAt(i));
        }
    }

    /**
     * A JSON string: escapes the quote, the backslash, what is below 0x20, and an unpaired
     * surrogate, which has no other form in UTF-8.
     */
    void string(String text) {
        // The shortest it can be: a long one makes the array grow once.
        reserve(text.length() + 2);
        ascii('"');
        for (int i = plainStart(text); i < text.length(); i++) {
            reserve(BYTES_PER_CHAR_MAX);
            char c = text.charAt(i);
            if (isPlain(c)) {
                bytes[size++] = (byte) c;
            } else if (c < 0x80) {
                escape(c);
            } else if (c < 0x800) {
                bytes[size++] = (byte) (0xC0 | c >> 6);
                continuation(c);
            } else if (!Character.isSurrogate(c)) {
                bytes[size++] = (byte) (0xE0 | c >> 12);
                continuation(c >> 6);
                continuation(c);
            } else {
                int codePoint = text.codePointAt(i);
                if (codePoint == c) {
                    escape(c);
                } else {
                    bytes[size++] = (byte) (0xF0 | codePoint >> 18);
                    continuation(codePoint >> 12);
                    continuation(codePoint >> 6);
                    continuation(codePoint);
                    i++;
                }
            }
        }
        ascii('"');
    }

    /** Writes all characters before the first that is not plain; most texts have no other. */
    private int plainStart(String text) {
        byte[] target = bytes;
        int start = size;
        int at = 0;
        while (at < text.length() && isPlain(text.charAt(at))) {
            target[start + at] = (byte) text.charAt(at);
            at++;
        }
        size = start + at;
        return at;
    }

    private static boolean isPlain(char c) {
        return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    }

    private void continuation(int bits) {
        bytes[size++] = (byte) (0x80 | bits & 0x3F);
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[size++] = (byte) c;
            case '\b' -> bytes[size++] = 'b';
            case '\f' -> bytes[size++] = 'f';
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            default -> {
                bytes[size++] = 'u';
                for (int shift = 12; shift >= 0; shift -= 4) {
                    bytes[size++] = (byte) HEX_DIGITS.charAt(c >> shift & 0xF);
                }
            }
        }
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            grow(size + more);
        }
    }

    private void grow(int needed) {
        long doubled = 2L * Math.max(bytes.length, needed);
        bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(doubled, capacityMax)));
    }
}
