package io.logpipeline.event;

import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** A body decoded to characters; knows lines and columns (both from 1, lines end with \n). */
final class BodyText {
    private final char[] characters;
    private final int length;
    private final int bytes;

    private BodyText(char[] characters, int length, int bytes) {
        this.characters = characters;
        this.length = length;
        this.bytes = bytes;
    }

    /** Decodes UTF-8 strictly: a byte that would have to be replaced rejects the body. */
    static BodyText decode(byte[] body, int length) throws RejectedBody {
        if (length == 0) {
            throw new RejectedBody("the body is empty");
        }
        if (length >= 3
                && body[0] == (byte) 0xEF
                && body[1] == (byte) 0xBB
                && body[2] == (byte) 0xBF) {
            throw new RejectedBody("line 1, column 1: byte order mark");
        }
        // No UTF-8 sequence decodes to more chars than it has bytes, so this never overflows.
        char[] characters = new char[length];
        ByteBuffer bytes = ByteBuffer.wrap(body, 0, length);
        CharBuffer decoded = CharBuffer.wrap(characters);
        // A new decoder reports malformed input.
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(bytes, decoded, true);
        if (result.isError()) {
            throw new RejectedBody("invalid UTF-8 at byte offset " + bytes.position());
        }
        return new BodyText(characters, decoded.position(), length);
    }

    /** In characters. */
    int length() {
        return length;
    }

    /** What it was decoded from, in bytes. */
    int bytes() {
        return bytes;
    }

    /** The end of the line that starts at an offset: the offset of its \n, or the end. */
    int endOfLine(int start) {
        int end = start;
        while (end < length && characters[end] != '\n') {
            end++;
        }
        return end;
    }

    boolean isBlank(int start, int end) {
        for (int i = start; i < end; i++) {
            char c = characters[i];
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                return false;
            }
        }
        return true;
    }

    boolean isControl(int offset) {
        return offset < length && characters[offset] < 0x20;
    }

    String line(int offset) {
        int line = 1;
        for (int i = 0; i < Math.min(offset, length); i++) {
            if (characters[i] == '\n') {
                line++;
            }
        }
        return "line " + line;
    }

    String lineAndColumn(int offset) {
        int lineStart = Math.min(offset, length);
        while (lineStart > 0 && characters[lineStart - 1] != '\n') {
            lineStart--;
        }
        return line(offset) + ", column " + (offset - lineStart + 1);
    }

    Part part(int start, int end) {
        return new Part(start, end);
    }

    /** Some of the text as a stream, for the parser. */
    final class Part extends Reader {
        private final int start;
        private final int end;
        private int at;
        private boolean askedBeyondEnd;

        private Part(int start, int end) {
            this.start = start;
            this.end = end;
            this.at = start;
        }

        @Override
        public int read(char[] target, int offset, int count) {
            if (at == end) {
                askedBeyondEnd = true;
                return -1;
            }
            int copied = Math.min(count, end - at);
            System.arraycopy(characters, at, target, offset, copied);
            at += copied;
            return copied;
        }

        int start() {
            return start;
        }

        int end() {
            return end;
        }

        /** The parser asks for more only when all it has is used up. */
        boolean askedBeyondEnd() {
            return askedBeyondEnd;
        }

        @Override
        public void close() {}
    }
}
