package io.logpipeline.telemetry;

/** How a POST /log was answered. */
public enum RequestOutcome {
    ACCEPTED,
    DUPLICATE,
    INVALID,
    TOO_LARGE,
    OVERLOADED,
    UNAUTHORIZED,
    STORE_FAILED
}
