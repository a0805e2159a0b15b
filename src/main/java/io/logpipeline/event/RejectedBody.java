package io.logpipeline.event;

/** Ends the reading of a body; its message becomes {@link ParseResult.Rejected#details}. */
final class RejectedBody extends Exception {
    RejectedBody(String details) {
        // No stack trace: clients cause this at will, and the place that counts is in the message.
        super(details, null, false, false);
    }

    String details() {
        return String.valueOf(getMessage());
    }
}
