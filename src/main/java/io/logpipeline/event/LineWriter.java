package io.logpipeline.event;

import java.util.Arrays;

/**
 * Writes the stored line: compact JSON in UTF-8. Never writes a byte below 0x20, so the line cannot
 * be torn.
 */
final class LineWriter {
    private static final int BYTES_PER_CHAR_MAX = 6;
    private static final String HEX_DIGITS = "0123456789abcdef";

    private byte[] bytes;
    private int size;

    LineWriter(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    /** What was written since the last call. */
    byte[] take() {
        byte[] line = Arrays.copyOf(bytes, size);
        size = 0;
        return line;
    }

    void ascii(char c) {
        reserve();
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
        ascii('"');
        for (int i = 0; i < text.length(); i++) {
            reserve();
            char c = text.charAt(i);
            if (c < 0x80) {
                if (c >= 0x20 && c != '"' && c != '\\') {
                    bytes[size++] = (byte) c;
                } else {
                    escape(c);
                }
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

    private void reserve() {
        if (bytes.length - size < BYTES_PER_CHAR_MAX) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length + BYTES_PER_CHAR_MAX);
        }
    }
}
