package io.logpipeline.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Inflates a whole gzip body (RFC 1952), one member after the other, in constant stack.
 *
 * <p>The JDK's own stream calls itself for each member that is empty, so that a body of nothing but
 * these overflows the stack; and it ends quietly at whatever follows a member and is not another
 * one, and so would lose the rest of a damaged body.
 *
 * <p>Reads throw {@link EOFException} when the data ends too early, {@link ZipException} when it is
 * damaged, with a message for the client.
 */
final class GzipBody extends InputStream {
    private static final int FIXED_HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int DEFLATE = 8;
    private static final int HEADER_CHECKSUM = 1 << 1;
    private static final int EXTRA = 1 << 2;
    private static final int NAME = 1 << 3;
    private static final int COMMENT = 1 << 4;
    private static final int RESERVED = 0xE0;

    private final byte[] bytes;
    private final int length;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private int at;
    private boolean inMember;

    /**
     * @param length how many of the bytes are the body
     */
    GzipBody(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (true) {
            if (!inMember) {
                if (at == length && at > 0) {
                    return -1;
                }
                beginMember();
            }
            int inflated = inflate(target, offset, count);
            if (inflated > 0) {
                checksum.update(target, offset, inflated);
                return inflated;
            }
            if (!inflater.finished()) {
                // It was given all there is.
                throw inflater.needsInput() ? new EOFException() : damaged();
            }
            endMember();
        }
    }

    private int inflate(byte[] target, int offset, int count) throws ZipException {
        try {
            return inflater.inflate(target, offset, count);
        } catch (DataFormatException e) {
            throw damaged();
        }
    }

    private void beginMember() throws IOException {
        int start = at;
        boolean first = start == 0;
        if (next() != 0x1F || next() != 0x8B) {
            throw first ? damaged() : new ZipException("unexpected bytes after the gzip data");
        }
        int method = next();
        int flags = next();
        if (method != DEFLATE || (flags & RESERVED) != 0) {
            throw damaged();
        }
        skip(start + FIXED_HEADER_BYTES - at);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        skipText(flags & NAME);
        skipText(flags & COMMENT);
        if ((flags & HEADER_CHECKSUM) != 0) {
            checksum.reset();
            checksum.update(bytes, start, at - start);
            if ((checksum.getValue() & 0xFFFF) != (next() | next() << 8)) {
                throw damaged();
            }
        }
        checksum.reset();
        inflater.reset();
        inflater.setInput(bytes, at, length - at);
        inMember = true;
    }

    private void endMember() throws IOException {
        at = length - inflater.getRemaining();
        if (length - at < TRAILER_BYTES) {
            throw new EOFException();
        }
        if (number() != checksum.getValue()
                || number() != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
            throw damaged();
        }
        inMember = false;
    }

    private long number() throws EOFException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private int next() throws EOFException {
        if (at == length) {
            throw new EOFException();
        }
        return bytes[at++] & 0xFF;
    }

    private void skip(int count) throws EOFException {
        if (length - at < count) {
            throw new EOFException();
        }
        at += count;
    }

    private void skipText(int present) throws EOFException {
        if (present != 0) {
            while (next() != 0) {
                continue;
            }
        }
    }

    private static ZipException damaged() {
        return new ZipException("the gzip data is damaged");
    }

    @Override
    public void close() {
        inflater.end();
    }
}
