package io.logpipeline.spec;

/** What may go wrong, at any moment, a bounded number of times in one history. */
enum Fault {
    /** A drainer dies, and restarts. */
    PROCESS_CRASH,

    /**
     * All drainers die, and each cell of the file that was not forced is kept or lost by itself.
     */
    POWER_LOSS,

    /**
     * A replica that lags is promoted, or the master restarts with its last writes forgotten;
     * drainers and clients may go on talking to the old one.
     */
    FAILOVER,

    /** A force fails, marks the pages clean all the same, and ends the process. */
    FAILED_FORCE,

    /** A write fails half way: a full disk. */
    FAILED_WRITE,

    /** No drainer works for longer than a ledger lives, while the sweeper keeps the lists. */
    QUIET_HOUR;

    static final Fault[] ALL = values();
}
