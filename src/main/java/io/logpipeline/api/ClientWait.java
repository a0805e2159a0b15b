package io.logpipeline.api;

import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How long one connection's thread has waited for its client.
 *
 * <p>Invariant: the thread is interrupted only while it waits for the client, never at work for
 * one; and once cut, the connection does nothing more.
 */
final class ClientWait {
    private enum State {
        WORKING,
        WAITING,
        CUT
    }

    private final Thread thread;
    private final long limitNanos;
    private final AtomicReference<State> state = new AtomicReference<>(State.WORKING);

    /** Whether the clock runs: for a request that comes, or an answer that goes. */
    private boolean begun;

    /** Meaningful while waiting, published by the state. */
    private long sinceNanos;

    /** Meaningful while waiting, published by the state. */
    private boolean limited;

    /**
     * @param thread of the connection; every method but those that cut is called by it
     */
    ClientWait(Thread thread, Duration limit) {
        this.thread = thread;
        this.limitNanos = limit.toNanos();
    }

    /**
     * Before a read.
     *
     * @param betweenRequests whether the next request's first line is read: until a byte of it has
     *     come, the connection is idle, and ends by {@link #cutIfIdle} only
     */
    void reads(boolean betweenRequests) {
        if (!betweenRequests) {
            begin();
        }
        limited = begun;
        enter();
    }

    /** After a read. */
    void hasRead() {
        leave();
        begin();
    }

    /** Before a write: now it is the client's turn to read. */
    void writes() {
        sinceNanos = System.nanoTime();
        limited = true;
        enter();
    }

    /** After a write: what comes next has a time of its own. */
    void hasWritten() {
        leave();
        begun = false;
    }

    private void begin() {
        if (!begun) {
            begun = true;
            sinceNanos = System.nanoTime();
        }
    }

    private void enter() {
        if (!state.compareAndSet(State.WORKING, State.WAITING)) {
            throw cut();
        }
    }

    private void leave() {
        if (!state.compareAndSet(State.WAITING, State.WORKING)) {
            throw cut();
        }
    }

    private static CloseConnectionException cut() {
        return new CloseConnectionException("the client took too long");
    }

    /** Ends the connection when its client has used up its time. */
    void cutIfOver(long nowNanos) {
        if (state.get() == State.WAITING && limited && nowNanos - sinceNanos > limitNanos) {
            cutIfWaiting();
        }
    }

    /** Ends the connection when not a byte of its client's next request has come. */
    void cutIfIdle() {
        if (state.get() == State.WAITING && !limited) {
            cutIfWaiting();
        }
    }

    /** The interrupt closes the socket. */
    private void cutIfWaiting() {
        if (state.compareAndSet(State.WAITING, State.CUT)) {
            thread.interrupt();
        }
    }
}
