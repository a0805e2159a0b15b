package io.logpipeline.file;

import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that passes only when somebody pauses, or when a test says so. */
public final class SteppingClock implements MonotonicClock {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private long nanos;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public void pause(Duration duration) {
        nanos += duration.toNanos();
    }

    /** The wall clock that goes with it. */
    public InstantSource wall() {
        return () -> START.plusNanos(nanos);
    }
}
