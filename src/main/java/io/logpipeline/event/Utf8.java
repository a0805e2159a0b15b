package io.logpipeline.event;

/** Sizes in UTF-8. */
final class Utf8 {
    private Utf8() {}

    /** Whether a code point is half a surrogate pair: as a code point, it lacks the other half. */
    static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** Bytes of one code point. */
    static int bytesOf(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }

    /** Bytes of a text, or -1 when it holds an unpaired surrogate and so has no UTF-8 form. */
    static long bytesOf(String text) {
        long bytes = 0;
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            if (isSurrogate(codePoint)) {
                return -1;
            }
            bytes += bytesOf(codePoint);
        }
        return bytes;
    }
}
