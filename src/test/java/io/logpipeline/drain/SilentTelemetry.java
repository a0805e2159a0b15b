package io.logpipeline.drain;

import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.LockKind;
import io.logpipeline.telemetry.Recovery;
import java.time.Duration;

/** Nobody listens. */
final class SilentTelemetry implements DrainTelemetry {
    @Override
    public void eventsCommitted(int events, long bytes) {}

    @Override
    public void keyDrained(String key, int events, long bytes, Duration claimToCommit) {}

    @Override
    public void synced(Duration duration) {}

    @Override
    public void drainFailed(DrainFailure reason, String key, String details) {}

    @Override
    public void recovered(Recovery kind, String key, String details) {}

    @Override
    public void keyExpired(String key) {}

    @Override
    public void keysSwept(int keys) {}

    @Override
    public void keyUnrecognized(String key) {}

    @Override
    public void unrecognizedKeys(int keys) {}

    @Override
    public void lockBusy(LockKind lock) {}
}
