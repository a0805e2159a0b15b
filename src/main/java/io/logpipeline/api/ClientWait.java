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
    private sealed interface State {}

    /** At work, or cut off. */
    private enum Fixed implements State {
        WORKING,
        CUT
    }

    /** One wait: who means to cut it cuts this one, not the next. */
    private static final class Wait implements State {
        private final long sinceNanos;
        private final boolean limited;

        Wait(long sinceNanos, boolean limited) {
            this.sinceNanos = sinceNanos;
            this.limited = limited;
        }
    }

    private final Thread thread;
    private final long limitNanos;
    private final AtomicReference<State> state = new AtomicReference<>(Fixed.WORKING);

    /** Whether the clock runs: for a request that comes, or an answer that goes. */
    private boolean begun;

    private long sinceNanos;

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
        enter(begun);
    }

    /** After a read. */
    void hasRead() {
        leave();
        begin();
    }

    /** Before a write: now it is the client's turn to read. */
    void writes() {
        sinceNanos = System.nanoTime();
        enter(true);
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

    private void enter(boolean limited) {
        if (!state.compareAndSet(Fixed.WORKING, new Wait(sinceNanos, limited))) {
            throw tookTooLong();
        }
    }

    private void leave() {
        if (state.getAndUpdate(now -> now == Fixed.CUT ? now : Fixed.WORKING) == Fixed.CUT) {
            throw tookTooLong();
        }
    }

    private static CloseConnectionException tookTooLong() {
        return new CloseConnectionException("the client took too long");
    }

    /** Ends the connection when its client has used up its time. */
    void cutIfOver(long nowNanos) {
        if (state.get() instanceof Wait now
                && now.limited
                && nowNanos - now.sinceNanos > limitNanos) {
            cut(now);
        }
    }

    /** Ends the connection when not a byte of its client's next request has come. */
    void cutIfIdle() {
        if (state.get() instanceof Wait now && !now.limited) {
            cut(now);
        }
    }

    /** The interrupt closes the socket. */
    private void cut(Wait wait) {
        if (state.compareAndSet(wait, Fixed.CUT)) {
            thread.interrupt();
        }
    }
}
