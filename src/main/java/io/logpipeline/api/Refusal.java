package io.logpipeline.api;

/** Why a request is turned away that may be perfectly valid. */
public sealed interface Refusal {
    /**
     * It shows no token that this server knows.
     *
     * @param challenge the {@code WWW-Authenticate} of the answer
     */
    record Unauthorized(String details, String challenge) implements Refusal {}
}
