package io.logpipeline.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import java.io.Serial;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

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

    /** Begins the message of a failure before any try to connect has ended. */
    static final String NOT_TRIED = "not connected yet";

    private final Kind kind;
    private final transient @Nullable Reply reply;

    RedisFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.reply = null;
    }

    private RedisFailure(Kind kind, String message, Reply reply) {
        super(message);
        this.kind = kind;
        this.reply = reply;
    }

    /** A failure with no cause beneath it. */
    public RedisFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
        this.reply = null;
    }

    /** Something went wrong behind an effect that has happened, as its reply says. */
    static RedisFailure behind(Reply reply, Throwable thrown) {
        RedisFailure failure = of(thrown);
        // What was refused is the confirmation.
        Kind kind = failure.kind == Kind.REFUSED ? Kind.UNCONFIRMED : failure.kind;
        return new RedisFailure(kind, String.valueOf(failure.getMessage()), reply);
    }

    /** What Redis answered, where the effect is known to have happened all the same. */
    Optional<Reply> reply() {
        return Optional.ofNullable(reply);
    }

    /** The failure that a call's stage ended with, or that the client threw. */
    public static RedisFailure of(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage());
        return switch (cause) {
            case RedisFailure failure -> failure;
            case RedisCommandTimeoutException late ->
                    new RedisFailure(Kind.TIMED_OUT, message, late);
            case RedisCommandExecutionException refused ->
                    new RedisFailure(Kind.REFUSED, message, refused);
            default -> new RedisFailure(Kind.UNAVAILABLE, message, cause);
        };
    }

    /** What is known of the effect. */
    public Kind kind() {
        return kind;
    }

    /** Whether nobody knows a reason yet: a try to connect is under way. */
    boolean isOfFirstTry() {
        return String.valueOf(getMessage()).startsWith(NOT_TRIED);
    }

    /** Whether another connection may do better. */
    boolean condemnsConnection() {
        return switch (kind) {
            // The client dropped some of a reply that it had no memory for, and would go on in its
            // middle: others' replies would be taken from it.
            case UNAVAILABLE -> getCause() instanceof VirtualMachineError;
            case UNCONFIRMED -> false;
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
