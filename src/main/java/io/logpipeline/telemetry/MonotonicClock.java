package io.logpipeline.telemetry;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Time that only moves forward, for waiting and measuring; never to be compared with the wall clock
 * ({@link java.time.InstantSource}).
 */
public interface MonotonicClock {
    /** Nanoseconds since an arbitrary moment. */
    long nanoTime();

    /** Waits about this long; may return early. */
    void pause(Duration duration);

    /** The time since an earlier {@link #nanoTime()}. */
    default Duration since(long startNanos) {
        return Duration.ofNanos(nanoTime() - startNanos);
    }

    /** The machine's. */
    static MonotonicClock system() {
        return new MonotonicClock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void pause(Duration duration) {
                LockSupport.parkNanos(TimeUnit.NANOSECONDS.convert(duration));
            }
        };
    }
}
