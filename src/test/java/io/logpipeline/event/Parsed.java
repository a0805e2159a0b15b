package io.logpipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Shorthands for what a body comes out as. */
final class Parsed {
    private Parsed() {}

    static ParseResult json(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return EventParser.parse(bytes, bytes.length);
    }

    static ParseResult lines(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return EventParser.parseLines(bytes, bytes.length);
    }

    static List<LogEvent> events(ParseResult result) {
        assertThat(result).isInstanceOf(ParseResult.Accepted.class);
        return ((ParseResult.Accepted) result).events();
    }

    static List<String> stored(ParseResult result) {
        return events(result).stream().map(Parsed::line).toList();
    }

    static String line(LogEvent event) {
        return new String(event.line(), StandardCharsets.UTF_8);
    }

    static String rejection(ParseResult result) {
        assertThat(result).isInstanceOf(ParseResult.Rejected.class);
        return ((ParseResult.Rejected) result).details();
    }

    /** A valid event with one more member. */
    static String eventWith(String member) {
        return "{\"user_id\":\"1\",\"event\":\"e\",\"timestamp\":1," + member + "}";
    }
}
