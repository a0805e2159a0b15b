package io.logpipeline.faults;

/** When a fault strikes. */
public enum Moment {
    /** Nothing of the step has happened. */
    BEFORE,
    /** Half of a write's bytes are written. */
    MIDDLE,
    /** All of the step has happened. */
    AFTER
}
