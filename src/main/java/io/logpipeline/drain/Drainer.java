package io.logpipeline.drain;

import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes due entries and drains them, on a fixed number of threads. They take together, about as
 * many as they work on next, so that replicas share the work by speed and no entry waits behind a
 * list that takes long.
 */
public final class Drainer {
    /** Told what landed, after its commit. */
    @FunctionalInterface
    public interface Landed extends KeyDrain.Landed {}

    /** What the workers of one replica share. */
    public record Parts(
            Claims claims,
            PendingStream pending,
            VolumeKeeper keeper,
            LogVolume volume,
            DayFiles files,
            MemoryBudget memory,
            DrainTelemetry telemetry,
            MonotonicClock clock,
            Landed landed) {}

    private static final int ENTRIES_PER_TAKE_MIN = 8;
    private static final Duration IDLE_MAX = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURES_MAX = Duration.ofSeconds(1);

    private final Parts parts;
    private final Duration interval;
    private final Duration lease;
    private final RetryQueue retries;
    private final int entriesPerTake;
    private final Queue<PendingEntry> taken = new ConcurrentLinkedQueue<>();
    private final ReentrantLock taking = new ReentrantLock();
    private long nextReclaimNanos;
    private long nextDueNanos;
    private final AtomicInteger inHand = new AtomicInteger();
    private final Set<String> heldEntryIds = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param interval how long an entry waits before it is due
     * @param lease how long an entry stays with a consumer that does not touch it
     * @param replica this process' name, the first part of its lock tokens
     */
    public Drainer(
            Parts parts,
            Watchdog watchdog,
            Duration interval,
            Duration lease,
            String replica,
            int workerCount) {
        this.parts = parts;
        this.interval = interval;
        this.lease = lease;
        this.retries = new RetryQueue(parts.clock());
        this.entriesPerTake = Math.max(ENTRIES_PER_TAKE_MIN, workerCount);
        this.nextReclaimNanos = parts.clock().nanoTime();
        this.nextDueNanos = nextReclaimNanos;
        for (int i = 1; i <= workerCount; i++) {
            String name = "drain-worker-" + i;
            Worker worker = new Worker(watchdog.loop(name), replica);
            workers.add(worker);
            threads.add(Thread.ofPlatform().name(name).unstarted(worker));
        }
    }

    /** Works until {@link #stop}. */
    public Drainer start() {
        threads.forEach(Thread::start);
        return this;
    }

    /**
     * What a worker's thread does over and over, for a scheduler of its own in place of threads.
     *
     * @return how long it then waits
     */
    Duration turn(int worker) throws InterruptedException {
        return workers.get(worker).turn();
    }

    /** Lists that this replica works on now. */
    public int keysInHand() {
        return inHand.get();
    }

    /** Ends after the chunks in hand; what waits for another try is given back to the group. */
    public void stop() throws InterruptedException {
        closed.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        try {
            List<PendingEntry> left = new ArrayList<>(retries.drainAll());
            left.addAll(taken);
            taken.clear();
            for (PendingEntry entry : left) {
                parts.pending().giveBack(entry, lease);
            }
        } catch (RedisFailure leaseGivesBack) {
            // Later, but all the same.
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private final class Worker implements Runnable {
        private final Heartbeat heartbeat;
        private final KeyDrain keyDrain;
        private int failuresInARow;

        Worker(Heartbeat heartbeat, String replica) {
            this.heartbeat = heartbeat;
            this.keyDrain = new KeyDrain(parts, heartbeat, replica, Drainer.this::isClosed);
        }

        @Override
        public void run() {
            try {
                while (!isClosed()) {
                    heartbeat.beat();
                    Duration wait = turn();
                    if (!wait.isZero()) {
                        awaitClose(wait);
                    }
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            // Not after an unexpected end: the watchdog is to miss this worker.
            heartbeat.close();
        }

        private Duration turn() throws InterruptedException {
            PendingEntry retry = retries.poll();
            if (retry != null) {
                drainHeld(retry);
                return pauseAfterFailures();
            }
            if (parts.keeper().admission() == null) {
                return Duration.ofMillis(100);
            }
            try {
                PendingEntry entry = taken.poll();
                if (entry == null) {
                    Duration wait = takeMore();
                    if (!wait.isZero()) {
                        return wait;
                    }
                    entry = taken.poll();
                }
                if (entry != null) {
                    drain(entry);
                }
                return pauseAfterFailures();
            } catch (RedisFailure unavailable) {
                return Duration.ofMillis(200);
            }
        }

        private void drain(PendingEntry entry) throws InterruptedException {
            // An entry in this process' hands comes again when its lease ended meanwhile.
            if (heldEntryIds.add(entry.id())) {
                if (entry.reclaimed()) {
                    parts.telemetry()
                            .recovered(
                                    Recovery.RECLAIMED,
                                    entry.list(),
                                    "from a replica that left it");
                }
                drainHeld(entry);
            }
        }

        private void drainHeld(PendingEntry entry) throws InterruptedException {
            boolean waits = false;
            inHand.incrementAndGet();
            try {
                boolean failed = keyDrain.drain(entry) == KeyDrain.Outcome.RETRY;
                failuresInARow = failed ? failuresInARow + 1 : 0;
                waits = failed && retries.add(entry);
            } finally {
                inHand.decrementAndGet();
                if (!waits) {
                    retries.forget(entry);
                    heldEntryIds.remove(entry.id());
                }
            }
        }

        /** A single key's failure holds up nobody; a row of them is the disk's or Redis'. */
        private Duration pauseAfterFailures() {
            if (failuresInARow < 3) {
                return Duration.ZERO;
            }
            Duration pause = Duration.ofMillis(50L << Math.min(failuresInARow - 3, 5));
            return pause.compareTo(PAUSE_AFTER_FAILURES_MAX) < 0 ? pause : PAUSE_AFTER_FAILURES_MAX;
        }
    }

    /**
     * Takes entries for all workers, one of them at a time, unless another one just did.
     *
     * @return how long to wait when there was nothing to take
     */
    private Duration takeMore() throws RedisFailure, InterruptedException {
        taking.lockInterruptibly();
        try {
            if (!taken.isEmpty()) {
                return Duration.ZERO;
            }
            List<PendingEntry> reclaimed = reclaimIfDue();
            if (!reclaimed.isEmpty()) {
                taken.addAll(reclaimed);
                return Duration.ZERO;
            }
            Duration untilDue = Duration.ofNanos(nextDueNanos - parts.clock().nanoTime());
            if (untilDue.isPositive()) {
                return untilDue;
            }
            switch (parts.pending().take(interval, entriesPerTake)) {
                case PendingStream.Taken.Entries entries -> {
                    taken.addAll(entries.entries());
                    return Duration.ZERO;
                }
                case PendingStream.Taken.NothingDue nothing -> {
                    Duration wait =
                            nothing.delay().compareTo(IDLE_MAX) < 0
                                    ? nothing.delay().plusMillis(1)
                                    : IDLE_MAX;
                    nextDueNanos = parts.clock().nanoTime() + wait.toNanos();
                    return wait;
                }
            }
        } finally {
            taking.unlock();
        }
    }

    /** Three times a lease. */
    private List<PendingEntry> reclaimIfDue() throws RedisFailure, InterruptedException {
        long now = parts.clock().nanoTime();
        if (now - nextReclaimNanos < 0) {
            return List.of();
        }
        nextReclaimNanos = now + lease.toNanos() / 3;
        List<PendingEntry> reclaimed = parts.pending().reclaim(lease, entriesPerTake);
        if (reclaimed.size() == entriesPerTake) {
            nextReclaimNanos = now;
        }
        return reclaimed;
    }

    private void awaitClose(Duration wait) throws InterruptedException {
        var unused = closed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    }
}
