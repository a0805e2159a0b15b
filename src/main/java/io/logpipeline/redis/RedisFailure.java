package io.logpipeline.redis;

import java.io.Serial;

/** An effect on Redis that did not succeed, or of which nobody knows whether it did. */
public final class RedisFailure extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    /** What is known of the effect. */
    public enum Kind {
        /** No connection, or it was lost before the reply: the effect may have happened. */
        UNAVAILABLE,
        /** No reply in time: the effect may still happen. */
        TIMED_OUT,
        /** Redis answered with an error: the effect did not happen. */
        REFUSED,
        /** The effect happened, and is not as durable as was asked for. */
        UNCONFIRMED
    }

    private final Kind kind;

    RedisFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** A failure with no cause beneath it. */
    public RedisFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What is known of the effect. */
    public Kind kind() {
        return kind;
    }

    /** Whether another connection may do better. */
    boolean condemnsConnection() {
        return switch (kind) {
            case UNAVAILABLE, UNCONFIRMED -> false;
            case TIMED_OUT -> true;
            case REFUSED -> errorCode().equals("READONLY");
        };
    }

    /** What a client may be told: no host, no port, no stack. */
    public String publicDetails() {
        return switch (kind) {
            case UNAVAILABLE -> "Redis is not reachable";
            case TIMED_OUT -> "Redis did not answer in time";
            case REFUSED -> "Redis refused the write: " + errorCode();
            case UNCONFIRMED ->
                    "Redis has the events, but not yet where redis.durability wants them";
        };
    }

    /** The first word of Redis' error, such as {@code OOM} or {@code READONLY}. */
    private String errorCode() {
        String message = String.valueOf(getMessage());
        int end = message.indexOf(' ');
        return end < 0 ? message : message.substring(0, end);
    }
}
