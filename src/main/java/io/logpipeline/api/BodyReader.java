package io.logpipeline.api;

import io.logpipeline.event.EventParser;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.zip.ZipException;

/**
 * Reads a body into memory, never more of it than its limit and one byte.
 *
 * <p>Only the first byte tells a single event from a batch, so JSON is read up to the limit of a
 * single event first, and on when it turns out to be an array.
 */
final class BodyReader {
    private static final int FIRST_BUFFER_BYTES_MAX = 16 * 1024;
    private static final int UNKNOWN_SIZE_BUFFER_BYTES = 8 * 1024;

    /** The connection counts what it reads: {@link TimedContext}. */
    private static final LongPredicate ROOM_COUNTED_AS_IT_CAME = bytes -> true;

    private final BodyLimits limits;

    BodyReader(BodyLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads to the end.
     *
     * @param bytesExpected from the header, or -1
     * @param lines whether it is a batch whatever its first byte
     */
    BodyRead read(InputStream in, long bytesExpected, boolean lines) throws IOException {
        return read(in, bytesExpected, lines, ROOM_COUNTED_AS_IT_CAME);
    }

    private BodyRead read(InputStream in, long bytesExpected, boolean lines, LongPredicate room)
            throws IOException {
        if (bytesExpected > limits.batchBytesMax()) {
            return new BodyRead.TooLarge(limits.batchBytesMax(), true);
        }
        int limit = lines ? limits.batchBytesMax() : limits.objectBytesMax();
        byte[] bytes = new byte[firstBufferBytes(bytesExpected)];
        int length = 0;
        while (true) {
            if (length < bytes.length) {
                int count = in.read(bytes, length, bytes.length - length);
                if (count < 0) {
                    return new BodyRead.Whole(bytes, length);
                }
                length += count;
                continue;
            }
            int next = in.read();
            if (next < 0) {
                return new BodyRead.Whole(bytes, length);
            }
            if (length >= limit && !lines && EventParser.opensArray(bytes, length)) {
                limit = limits.batchBytesMax();
            }
            if (length >= limit) {
                return new BodyRead.TooLarge(limit, true);
            }
            int larger = (int) Math.min(2L * length + 1, limit);
            if (!room.test(larger)) {
                return new BodyRead.NoRoom();
            }
            bytes = Arrays.copyOf(bytes, larger);
            bytes[length++] = (byte) next;
        }
    }

    /**
     * Reads to the end and inflates, into memory of its own. The compressed body has the limit of a
     * batch too: only stored blocks make gzip larger than what is in it.
     */
    BodyRead readGzip(InputStream in, long bytesExpected, boolean lines, BodyMemory.Share inflated)
            throws IOException {
        return switch (read(in, bytesExpected, true, ROOM_COUNTED_AS_IT_CAME)) {
            case BodyRead.Whole(byte[] bytes, int length) ->
                    inflate(bytes, length, lines, inflated);
            case BodyRead.TooLarge tooLarge -> tooLarge;
            case BodyRead.Damaged damaged -> damaged;
            case BodyRead.NoRoom noRoom -> noRoom;
            case BodyRead.Unframed unframed -> unframed;
        };
    }

    private BodyRead inflate(
            byte[] compressed, int length, boolean lines, BodyMemory.Share inflated)
            throws IOException {
        try (GzipBody gzip = new GzipBody(compressed, length)) {
            return read(gzip, -1, lines, inflated::covers);
        } catch (EOFException e) {
            return new BodyRead.Damaged("the gzip data ends too early");
        } catch (ZipException e) {
            return new BodyRead.Damaged(String.valueOf(e.getMessage()));
        }
    }

    private int firstBufferBytes(long bytesExpected) {
        long bytes = bytesExpected < 0 ? UNKNOWN_SIZE_BUFFER_BYTES : bytesExpected;
        // A header is cheap to write: memory for more is only taken once it comes.
        return (int) Math.min(bytes, Math.min(FIRST_BUFFER_BYTES_MAX, limits.objectBytesMax()));
    }
}
