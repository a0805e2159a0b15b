package io.logpipeline.telemetry;

/** What the drain protocol repaired: the {@code kind} label of {@code recoveries_total}. */
public enum Recovery {
    RECLAIMED,
    TAIL_MATCHED,
    TORN_TAIL,
    STALE_COMMIT,
    REPLACED_FILE,
    ROLLED_BACK
}
