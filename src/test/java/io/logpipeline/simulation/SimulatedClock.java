package io.logpipeline.simulation;

import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** Time that moves only when it is told to, or when somebody waits. */
public final class SimulatedClock implements MonotonicClock, InstantSource {
    private static final long START_MICROS = TimeUnit.DAYS.toMicros(20_000);

    private long micros = START_MICROS;
    private final Runnable whenPausing;

    /**
     * @param whenPausing told when the code under test waits: others may move meanwhile
     */
    public SimulatedClock(Runnable whenPausing) {
        this.whenPausing = whenPausing;
    }

    /** Moves on. */
    public void advance(Duration duration) {
        micros += TimeUnit.MICROSECONDS.convert(duration);
    }

    @Override
    public long millis() {
        return micros / 1000;
    }

    /** Never the same twice, so that what happens has an order. */
    long micros() {
        return ++micros;
    }

    @Override
    public long nanoTime() {
        return micros * 1000;
    }

    @Override
    public void pause(Duration duration) {
        advance(duration);
        whenPausing.run();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
    }
}
