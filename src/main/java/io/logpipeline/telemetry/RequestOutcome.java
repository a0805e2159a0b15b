package io.logpipeline.telemetry;

/** How a POST /log was answered. */
public enum RequestOutcome {
    ACCEPTED,
    DUPLICATE,
    INVALID,
    TOO_LARGE,
    OVERLOADED,
    RATE_LIMITED,
    UNAUTHORIZED,
    STORE_FAILED
}
