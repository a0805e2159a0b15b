package io.logpipeline.api;

import java.time.Duration;

/** Why a request is turned away that may be perfectly valid. */
public sealed interface Refusal {
    /**
     * It shows no token that this server knows.
     *
     * @param challenge the {@code WWW-Authenticate} of the answer
     */
    record Unauthorized(String details, String challenge) implements Refusal {}

    /** The client, or one of its users, has had its share for now. */
    record RateLimited(String details, Duration retryAfter) implements Refusal {}

    /** There is too much to do, whoever asks. */
    record Overloaded(String details, Duration retryAfter) implements Refusal {}
}
