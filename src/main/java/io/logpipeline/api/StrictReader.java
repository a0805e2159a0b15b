package io.logpipeline.api;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Reads of a connection what the server (Helidon 4.5) reads too loosely, or not at all: methods
 * that are no token, which it takes for a defect of its own, and chunks (RFC 9112, 7.1). It skips
 * two bytes behind a chunk whatever they are, takes {@code +5} for a size, and knows neither
 * extensions nor trailers: another server in front would see other requests in the same bytes.
 *
 * <p>Invariant: a chunk's size line, its data and its end are read in this order, by {@link
 * #readLine}, {@link #readBuffer(int)} and {@link #skip} of two bytes.
 */
final class StrictReader extends DataReader {
    private static final int SIZE_DIGITS_MAX = 16;
    private static final int LINE_BYTES_MAX = 4 * 1024;

    /** Of a request, what extensions and trailers may have together: nobody reads them. */
    private static final int IGNORED_BYTES_MAX = 16 * 1024;

    private enum Next {
        OTHER,
        DATA,
        DATA_END,
        TRAILERS
    }

    private final BooleanSupplier readsFirstLine;
    private Next next = Next.OTHER;
    private int ignoredBytes;

    /**
     * @param readsFirstLine whether the server is at the first line of a request
     */
    // The class is to stay; only its constructor is to be hidden behind a method some day.
    @SuppressWarnings("removal")
    StrictReader(Supplier<byte[]> bytes, BooleanSupplier readsFirstLine) {
        super(bytes);
        this.readsFirstLine = readsFirstLine;
    }

    @Override
    public int findNewLine(int max) {
        int end = super.findNewLine(max);
        if (readsFirstLine.getAsBoolean() && end < max) {
            next = Next.OTHER;
            ignoredBytes = 0;
            requireToken(getBuffer(end), end, ' ', "no method");
        }
        return end;
    }

    /** The size of the next chunk, in hexadecimal; behind the last one, empty. */
    @Override
    public String readLine() {
        if (next == Next.TRAILERS) {
            skipTrailers();
            next = Next.OTHER;
            return "";
        }
        String line = boundedLine();
        int digits = 0;
        while (digits < line.length() && Character.digit(line.charAt(digits), 16) >= 0) {
            digits++;
        }
        if (digits == 0 || digits > SIZE_DIGITS_MAX) {
            throw invalid("no chunk size");
        }
        String size = line.substring(0, digits);
        String extensions = line.substring(digits).stripLeading();
        if (digits < line.length() && !extensions.startsWith(";")) {
            throw invalid("text behind a chunk size");
        }
        ignore(line.length() - digits);
        boolean last = size.chars().allMatch(digit -> digit == '0');
        next = last ? Next.TRAILERS : Next.DATA;
        return size;
    }

    private void skipTrailers() {
        for (int length = findBoundedLine(); length > 0; length = findBoundedLine()) {
            requireToken(getBuffer(length), length, ':', "no trailer");
            ignore(length);
            super.skip(length + 2);
        }
        super.skip(2);
    }

    private String boundedLine() {
        String line = readAsciiString(findBoundedLine());
        super.skip(2);
        return line;
    }

    private int findBoundedLine() {
        int length = super.findNewLine(LINE_BYTES_MAX);
        if (length == LINE_BYTES_MAX) {
            throw invalid("a line does not end");
        }
        return length;
    }

    private void ignore(int bytes) {
        ignoredBytes += bytes;
        if (ignoredBytes > IGNORED_BYTES_MAX) {
            throw invalid("too much beside the chunks");
        }
    }

    @Override
    public BufferData readBuffer(int length) {
        BufferData data = super.readBuffer(length);
        if (next == Next.DATA) {
            next = Next.DATA_END;
        }
        return data;
    }

    @Override
    public void skip(int bytes) {
        if (next == Next.DATA_END) {
            next = Next.OTHER;
            if (bytes != 2 || !startsWithNewLine()) {
                throw invalid("a chunk has another size");
            }
        }
        super.skip(bytes);
    }

    /** A token (RFC 9110, 5.6.2) stands first, at least one character, and this one behind it. */
    private static void requireToken(BufferData line, int length, char end, String problem) {
        for (int i = 0; i < length; i++) {
            int character = line.get(i);
            if (character == end && i > 0) {
                return;
            }
            if (!isTokenCharacter(character)) {
                break;
            }
        }
        throw invalid(problem);
    }

    private static boolean isTokenCharacter(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c > 0 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static RequestException invalid(String problem) {
        return RequestException.builder()
                .type(DirectHandler.EventType.BAD_REQUEST)
                .status(Status.BAD_REQUEST_400)
                .setKeepAlive(false)
                .message(problem)
                .build();
    }
}
