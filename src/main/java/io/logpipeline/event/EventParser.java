package io.logpipeline.event;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns a request body into events, all or nothing.
 *
 * <p>Stateless. Memory is bounded by the body: no object tree is built. Only the first {@code
 * length} bytes of a body are read, and nothing of the array is kept.
 */
public final class EventParser {
    private static final String EMPTY_BATCH = "the batch holds no event";

    private EventParser() {}

    /** Whether the body's first byte other than JSON whitespace opens an array: it is a batch. */
    public static boolean opensArray(byte[] body, int length) {
        int at = 0;
        while (at < length && isWhitespace(body[at])) {
            at++;
        }
        return at < length && body[at] == '[';
    }

    /** Parses one event object, or an array of them. An empty array is rejected. */
    public static ParseResult parse(byte[] body, int length) {
        List<LogEvent> events = new ArrayList<>(1);
        try {
            BodyText text = BodyText.decode(body, length);
            if (text.isBlank(0, text.length())) {
                return new ParseResult.Rejected("the body is empty");
            }
            new EventReader(text, events).read(0, text.length(), true);
        } catch (RejectedBody e) {
            return new ParseResult.Rejected(e.details());
        }
        return accepted(events);
    }

    /**
     * Parses one event object per line. Lines end with \n or \r\n, the last one may go without;
     * blank ones are skipped, but counted. A body with no event is rejected.
     */
    public static ParseResult parseLines(byte[] body, int length) {
        List<LogEvent> events = new ArrayList<>();
        try {
            BodyText text = BodyText.decode(body, length);
            EventReader reader = new EventReader(text, events);
            int start = 0;
            while (start < text.length()) {
                int end = text.endOfLine(start);
                if (!text.isBlank(start, end)) {
                    reader.read(start, end, false);
                }
                start = end + 1;
            }
        } catch (RejectedBody e) {
            return new ParseResult.Rejected(e.details());
        }
        return accepted(events);
    }

    private static ParseResult accepted(List<LogEvent> events) {
        return events.isEmpty()
                ? new ParseResult.Rejected(EMPTY_BATCH)
                : new ParseResult.Accepted(List.copyOf(events));
    }

    private static boolean isWhitespace(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }
}
