package io.logpipeline.telemetry;

/** Which lock somebody else held: the {@code lock} label of {@code lock_busy_total}. */
public enum LockKind {
    KEY,
    SWEEPER,
    FILE
}
