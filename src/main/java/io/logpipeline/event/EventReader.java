package io.logpipeline.event;

import jakarta.json.stream.JsonParser.Event;
import java.util.List;
import java.util.Optional;

/**
 * Reads the events of one body, part by part, and writes each one's line while it reads.
 *
 * <p>Numbers are never turned into a number: their characters are copied, so that none is rounded
 * and {@code 1e1000000000} costs no more than its length.
 */
final class EventReader {
    private static final int DEPTH_MAX = 32;
    private static final int EVENT_BYTES_MAX = 64 * 1024;
    private static final int NAME_CHARACTERS_SHOWN_MAX = 64;
    private static final int TIMESTAMP_DIGITS_MAX = 12;
    private static final int TIMESTAMP_MILLISECONDS_DIGITS_MAX = 15;

    private final BodyText text;
    private final List<LogEvent> events;
    private final LineWriter line;
    private final MemberNames names;

    /** Accepted events are added to {@code events}. */
    EventReader(BodyText text, List<LogEvent> events) {
        this.text = text;
        this.events = events;
        this.line = new LineWriter(text.bytes());
        this.names = new MemberNames(line);
    }

    /** Reads one object, or where allowed an array of objects, and nothing after it. */
    void read(int start, int end, boolean arrayAllowed) throws RejectedBody {
        try (JsonCursor cursor = new JsonCursor(text, start, end)) {
            Event root = cursor.next();
            if (root == Event.START_OBJECT) {
                readEvent(cursor);
            } else if (root == Event.START_ARRAY && arrayAllowed) {
                readElements(cursor);
            } else {
                throw cursor.rejected(
                        arrayAllowed
                                ? "expected an object or an array of objects"
                                : "expected an object");
            }
            cursor.end();
        }
    }

    private void readElements(JsonCursor cursor) throws RejectedBody {
        int element = 0;
        Event next;
        while ((next = cursor.next()) != Event.END_ARRAY) {
            cursor.element(++element);
            if (next != Event.START_OBJECT) {
                throw cursor.rejected("expected an object");
            }
            readEvent(cursor);
        }
        cursor.element(0);
    }

    private void readEvent(JsonCursor cursor) throws RejectedBody {
        int start = cursor.offset();
        String userId = null;
        boolean eventSeen = false;
        long timestampSeconds = -1;
        names.open(1);
        line.ascii('{');
        boolean first = true;
        while (cursor.next() != Event.END_OBJECT) {
            String name = copyName(cursor, 1, first);
            first = false;
            Event value = cursor.next();
            switch (name) {
                case "user_id" -> userId = copyUserId(cursor, value);
                case "event" -> {
                    copyEventText(cursor, value);
                    eventSeen = true;
                }
                case "timestamp" -> timestampSeconds = copyTimestamp(cursor, value);
                default -> copyValue(cursor, value, 1);
            }
        }
        names.close(1);
        line.ascii('}');
        if (userId == null) {
            throw cursor.rejected(start, "user_id: missing");
        }
        if (!eventSeen) {
            throw cursor.rejected(start, "event: missing");
        }
        if (timestampSeconds < 0) {
            throw cursor.rejected(start, "timestamp: missing");
        }
        events.add(new LogEvent(UserDay.of(userId, timestampSeconds), line.take()));
    }

    private String copyUserId(JsonCursor cursor, Event value) throws RejectedBody {
        String userId = copyString(cursor, value, "user_id");
        Optional<String> problem = UserDay.problemWith(userId);
        if (problem.isPresent()) {
            throw cursor.rejected("user_id: " + problem.get());
        }
        return userId;
    }

    private void copyEventText(JsonCursor cursor, Event value) throws RejectedBody {
        long bytes = Utf8.bytesOf(copyString(cursor, value, "event"));
        if (bytes < 0) {
            throw cursor.rejected("event: holds an unpaired surrogate");
        }
        if (bytes == 0) {
            throw cursor.rejected("event: must not be empty");
        }
        if (bytes > EVENT_BYTES_MAX) {
            throw cursor.rejected("event: longer than " + EVENT_BYTES_MAX + " bytes");
        }
    }

    private String copyString(JsonCursor cursor, Event value, String field) throws RejectedBody {
        if (value != Event.VALUE_STRING) {
            throw cursor.rejected(field + ": expected a string");
        }
        String string = cursor.string();
        line.string(string);
        return string;
    }

    private long copyTimestamp(JsonCursor cursor, Event value) throws RejectedBody {
        String digits = value == Event.VALUE_NUMBER ? cursor.string() : "";
        if (digits.isEmpty() || !isInteger(digits)) {
            throw cursor.rejected("timestamp: expected an integer");
        }
        if (digits.length() <= TIMESTAMP_DIGITS_MAX) {
            long seconds = Long.parseLong(digits);
            if (seconds >= 0 && seconds <= UserDay.TIMESTAMP_SECONDS_MAX) {
                line.ascii(digits);
                return seconds;
            }
        }
        boolean milliseconds =
                digits.charAt(0) != '-' && digits.length() <= TIMESTAMP_MILLISECONDS_DIGITS_MAX;
        throw cursor.rejected(
                milliseconds
                        ? "timestamp: expected seconds since 1970-01-01 UTC, this looks like"
                                + " milliseconds"
                        : "timestamp: expected seconds since 1970-01-01 UTC, 0 to "
                                + UserDay.TIMESTAMP_SECONDS_MAX);
    }

    private static boolean isInteger(String number) {
        for (int i = number.charAt(0) == '-' ? 1 : 0; i < number.length(); i++) {
            if (number.charAt(i) < '0' || number.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private void copyValue(JsonCursor cursor, Event value, int depth) throws RejectedBody {
        switch (value) {
            case VALUE_STRING -> line.string(cursor.string());
            case VALUE_NUMBER -> line.ascii(cursor.string());
            case VALUE_TRUE -> line.ascii("true");
            case VALUE_FALSE -> line.ascii("false");
            case VALUE_NULL -> line.ascii("null");
            case START_OBJECT -> copyObject(cursor, deeper(cursor, depth));
            case START_ARRAY -> copyArray(cursor, deeper(cursor, depth));
            case KEY_NAME, END_OBJECT, END_ARRAY ->
                    throw new IllegalStateException("the parser gave " + value + " for a value");
        }
    }

    private int deeper(JsonCursor cursor, int depth) throws RejectedBody {
        if (depth == DEPTH_MAX) {
            throw cursor.rejected("nested deeper than " + DEPTH_MAX + " levels");
        }
        return depth + 1;
    }

    private void copyObject(JsonCursor cursor, int depth) throws RejectedBody {
        names.open(depth);
        line.ascii('{');
        boolean first = true;
        while (cursor.next() != Event.END_OBJECT) {
            copyName(cursor, depth, first);
            first = false;
            copyValue(cursor, cursor.next(), depth);
        }
        names.close(depth);
        line.ascii('}');
    }

    private void copyArray(JsonCursor cursor, int depth) throws RejectedBody {
        line.ascii('[');
        boolean first = true;
        Event next;
        while ((next = cursor.next()) != Event.END_ARRAY) {
            if (!first) {
                line.ascii(',');
            }
            first = false;
            copyValue(cursor, next, depth);
        }
        line.ascii(']');
    }

    private String copyName(JsonCursor cursor, int depth, boolean first) throws RejectedBody {
        String name = cursor.string();
        if (!first) {
            line.ascii(',');
        }
        int start = line.size();
        line.string(name);
        if (!names.add(depth, start)) {
            throw cursor.rejected("duplicate member " + shown(name));
        }
        line.ascii(':');
        return name;
    }

    /** A member's name in a message: short, and nothing in it that a terminal would obey. */
    private static String shown(String name) {
        StringBuilder shown = new StringBuilder("\"");
        int characters = 0;
        int character;
        for (int i = 0; i < name.length(); i += Character.charCount(character)) {
            character = name.codePointAt(i);
            if (characters++ == NAME_CHARACTERS_SHOWN_MAX) {
                shown.append("...");
                break;
            }
            if (Character.isISOControl(character) || Utf8.isSurrogate(character)) {
                shown.append(String.format("\\u%04x", character));
            } else {
                shown.appendCodePoint(character);
            }
        }
        return shown.append('"').toString();
    }
}
