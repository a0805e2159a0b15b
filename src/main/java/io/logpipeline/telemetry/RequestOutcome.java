package io.logpipeline.telemetry;

/** How one POST /log was answered: the {@code outcome} label of {@code requests_total}. */
public enum RequestOutcome {
    ACCEPTED,
    DUPLICATE,
    INVALID,
    TOO_LARGE,
    OVERLOADED,
    UNAUTHORIZED,
    STORE_FAILED
}
