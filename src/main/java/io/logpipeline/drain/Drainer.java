package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Drains due entries on a fixed number of threads, which take them together. */
public final class Drainer {
    /** Told after each commit what landed. Must not wait: others' answers do meanwhile. */
    @FunctionalInterface
    public interface Landed {
        void landed(UserDay userDay, List<byte[]> elements);
    }

    /** What the workers of one replica share. */
    public record Parts(
            Claims claims,
            PendingStreams pending,
            VolumeKeeper keeper,
            LogVolume volume,
            DayFiles files,
            MemoryBudget memory,
            DrainTelemetry telemetry,
            MonotonicClock clock,
            Landed landed) {}

    private static final Duration PAUSE_AFTER_FAILURES_MAX = Duration.ofSeconds(1);

    private final Parts parts;
    private final RetryQueue retries;
    private final Intake intake;
    private final AtomicInteger inHand = new AtomicInteger();
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
        this.retries = new RetryQueue(parts.clock());
        this.intake =
                new Intake(
                        parts.pending(),
                        new NewFiles(
                                parts.claims(),
                                parts.keeper()::admission,
                                parts.files(),
                                parts.telemetry(),
                                parts.clock()),
                        parts.clock(),
                        interval,
                        lease,
                        replica,
                        workerCount);
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
        intake.wakeAll();
        for (Thread thread : threads) {
            thread.join();
        }
        try {
            intake.close(retries.drainAll());
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
        private final String replica;
        private final AtomicInteger failuresInARow = new AtomicInteger();

        /** Whether each entry so far is settled. */
        private CompletionStage<?> allSettled = CompletableFuture.completedStage(null);

        private boolean newsEndsWait;
        private long newsHeard;

        Worker(Heartbeat heartbeat, String replica) {
            this.heartbeat = heartbeat;
            this.replica = replica;
            this.keyDrain = new KeyDrain(parts, heartbeat, Drainer.this::isClosed);
        }

        @Override
        public void run() {
            try {
                while (!isClosed()) {
                    heartbeat.beat();
                    Duration wait = turn();
                    if (newsEndsWait && !isClosed()) {
                        intake.awaitNews(newsHeard, wait);
                    } else if (!wait.isZero()) {
                        awaitClose(wait);
                    }
                }
                awaitSettled();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            // Not after an unexpected end: the watchdog is to miss this worker.
            heartbeat.close();
        }

        private Duration turn() throws InterruptedException {
            newsEndsWait = false;
            HeldEntry retry = retries.poll();
            if (retry != null) {
                drainHeld(retry);
                return pauseAfterFailures();
            }
            if (parts.keeper().admission() == null) {
                return Duration.ofMillis(100);
            }
            newsHeard = intake.news();
            return switch (intake.next(heartbeat::beat)) {
                case Intake.Next.Wait nothing -> {
                    newsEndsWait = true;
                    yield nothing.duration();
                }
                case Intake.Next.Drain taken -> {
                    drain(taken);
                    yield pauseAfterFailures();
                }
            };
        }

        private void drain(Intake.Next.Drain taken) throws InterruptedException {
            PendingEntry entry = taken.entry();
            if (entry.reclaimed()) {
                parts.telemetry()
                        .recovered(Recovery.RECLAIMED, entry.list(), "from a replica that left it");
            }
            drainHeld(new HeldEntry(entry, replica, taken.made()));
        }

        private void drainHeld(HeldEntry held) throws InterruptedException {
            CompletionStage<KeyDrain.Outcome> drained =
                    CompletableFuture.completedStage(KeyDrain.Outcome.LEFT);
            inHand.incrementAndGet();
            try {
                drained = keyDrain.drain(held);
            } finally {
                CompletionStage<?> settled = drained.thenAccept(outcome -> ended(held, outcome));
                allSettled = allSettled.thenCombine(settled, (before, last) -> last);
            }
        }

        /** Else what becomes of an entry is decided when nobody gives it back any more. */
        private void awaitSettled() throws InterruptedException {
            try {
                var unused = parts.claims().await(allSettled);
            } catch (RedisFailure leaseGivesBack) {
                // Later, but all the same.
            }
        }

        private void ended(HeldEntry held, KeyDrain.Outcome outcome) {
            boolean failed = outcome == KeyDrain.Outcome.RETRY;
            failuresInARow.updateAndGet(before -> failed ? before + 1 : 0);
            inHand.decrementAndGet();
            settle(held, outcome);
        }

        private void settle(HeldEntry held, KeyDrain.Outcome outcome) {
            if (outcome == KeyDrain.Outcome.RETRY && retries.add(held)) {
                return;
            }
            retries.forget(held);
            if (outcome == KeyDrain.Outcome.ENDED) {
                intake.ended(held.entry);
            } else {
                intake.letGo(held.entry);
            }
        }

        /** A single key's failure holds up nobody; a row of them is the disk's or Redis'. */
        private Duration pauseAfterFailures() {
            int failures = failuresInARow.get();
            if (failures < 3) {
                return Duration.ZERO;
            }
            Duration pause = Duration.ofMillis(50L << Math.min(failures - 3, 5));
            return pause.compareTo(PAUSE_AFTER_FAILURES_MAX) < 0 ? pause : PAUSE_AFTER_FAILURES_MAX;
        }
    }

    private void awaitClose(Duration wait) throws InterruptedException {
        var unused = closed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    }
}
