package io.logpipeline.event;

import java.util.List;

/** What became of a body: all of its events, or the first reason against it. */
public sealed interface ParseResult {
    /**
     * Every event is valid.
     *
     * @param events at least one, in the order of the body
     */
    record Accepted(List<LogEvent> events) implements ParseResult {}

    /**
     * Nothing of the body is accepted.
     *
     * @param details place, field and reason, fit to be sent to the client: of the payload, it
     *     shows at most a member's name, shortened and with control characters escaped
     */
    record Rejected(String details) implements ParseResult {}
}
