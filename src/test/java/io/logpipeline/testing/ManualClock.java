package io.logpipeline.testing;

import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Stands still until it is told to move on. */
public final class ManualClock implements MonotonicClock {
    private final AtomicLong nanos = new AtomicLong();

    /** Moves on. */
    public void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public void pause(Duration duration) {
        advance(duration);
    }
}
