package io.logpipeline.drain;

import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.LockKind;
import io.logpipeline.telemetry.Recovery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what it is told. */
final class RecordedTelemetry implements DrainTelemetry {
    record Failure(DrainFailure reason, String key, String details) {}

    record Repair(Recovery kind, String key) {}

    final AtomicLong events = new AtomicLong();
    final AtomicInteger chunks = new AtomicInteger();
    final AtomicInteger swept = new AtomicInteger();
    final AtomicInteger sweeps = new AtomicInteger();
    final AtomicInteger unrecognizedAtLastSweep = new AtomicInteger(-1);
    final List<String> drained = new CopyOnWriteArrayList<>();
    final List<String> expired = new CopyOnWriteArrayList<>();
    final List<String> unrecognized = new CopyOnWriteArrayList<>();
    final List<Failure> failures = new CopyOnWriteArrayList<>();
    final List<Repair> repairs = new CopyOnWriteArrayList<>();
    final List<LockKind> busy = new CopyOnWriteArrayList<>();

    List<Failure> failures(String key) {
        return failures.stream().filter(failure -> failure.key().equals(key)).toList();
    }

    List<Recovery> repairs(String key) {
        return repairs.stream()
                .filter(repair -> repair.key().equals(key))
                .map(Repair::kind)
                .toList();
    }

    @Override
    public void eventsCommitted(int committed, long bytes) {
        chunks.incrementAndGet();
        events.addAndGet(committed);
    }

    @Override
    public void keyDrained(String key, int count, long bytes, Duration claimToCommit) {
        drained.add(key);
    }

    @Override
    public void synced(Duration duration) {}

    @Override
    public void drainFailed(DrainFailure reason, String key, String details) {
        failures.add(new Failure(reason, key, details));
    }

    @Override
    public void recovered(Recovery kind, String key, String details) {
        repairs.add(new Repair(kind, key));
    }

    @Override
    public void keyExpired(String key) {
        expired.add(key);
    }

    @Override
    public void keysSwept(int keys) {
        swept.addAndGet(keys);
    }

    @Override
    public void keyUnrecognized(String key) {
        unrecognized.add(key);
    }

    @Override
    public void unrecognizedKeys(int keys) {
        unrecognizedAtLastSweep.set(keys);
        sweeps.incrementAndGet();
    }

    @Override
    public void lockBusy(LockKind lock) {
        busy.add(lock);
    }
}
