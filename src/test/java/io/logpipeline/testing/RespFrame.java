package io.logpipeline.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** One value of the Redis protocol, version 2, as it stands on the wire: a command, or a reply. */
public record RespFrame(byte[] bytes) {
    /**
     * Reads the next one.
     *
     * @throws EOFException at the end, in between two or within one
     */
    public static RespFrame read(InputStream in) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        copyValue(in, frame);
        return new RespFrame(frame.toByteArray());
    }

    /** All of it, each byte a character. */
    public String text() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void copyValue(InputStream in, ByteArrayOutputStream frame) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = next(in); b != '\n'; b = next(in)) {
            frame.write(b);
            head.append((char) b);
        }
        frame.write('\n');
        char kind = head.charAt(0);
        if (kind != '$' && kind != '*') {
            return;
        }
        int length = Integer.parseInt(head.substring(1).strip());
        if (kind == '$' && length >= 0) {
            byte[] value = in.readNBytes(length + 2);
            if (value.length < length + 2) {
                throw new EOFException();
            }
            frame.writeBytes(value);
        }
        for (int i = 0; kind == '*' && i < length; i++) {
            copyValue(in, frame);
        }
    }

    private static int next(InputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }
}
