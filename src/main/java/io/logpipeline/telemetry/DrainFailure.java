package io.logpipeline.telemetry;

/** Why a drain could not go on: the {@code reason} label of {@code drain_failures_total}. */
public enum DrainFailure {
    DISK_FULL,
    PERMISSION,
    IO,
    LOCK_TIMEOUT,
    WRONG_TYPE,
    TOO_LARGE,
    REDIS
}
