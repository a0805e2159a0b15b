package io.logpipeline.faults;

/** What strikes a process at a step. */
public enum Fault {
    /** Ends it at once: no hook, no cleanup, as SIGKILL does. */
    KILL,
    /** SIGSTOP: it goes on after SIGCONT, whenever that comes. */
    STOP,
    /** The step takes longer than the lease; the rest of the process goes on. */
    DELAY,
    /** The disk is full. */
    ENOSPC,
    /** The disk fails. */
    EIO,
    /** The step is not permitted. */
    EACCES,
    /** Less is read or written than was asked for, as any call may. */
    SHORT,
    /** Some bytes are written, then the disk is full. */
    TORN,
    /** The connection to Redis is cut. */
    DROP
}
