package io.logpipeline.drain;

import io.logpipeline.file.Disk;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has of the pending streams: it takes due entries for all its workers, knows who
 * holds which, and ends them. About as many are taken as are worked on next, so that replicas share
 * the work by speed and no entry waits behind a list that takes long. Streams are asked in turn,
 * each again when something there is due and half of what was taken is handed out.
 *
 * <p>Invariants: a stream is asked by one worker at a time. So a master that is silent holds up one
 * worker for each of its streams, and no other stream. An entry is handed out once until it is
 * ended or let go, however often its lease ends meanwhile. It is ended only when its list needs it
 * no more: drained, empty, or in the hands of a worker that has an entry of its own.
 */
final class Intake {
    /** What a worker does next. */
    sealed interface Next {
        /**
         * Drain this.
         *
         * @param made its file, where that was new, as {@link NewFiles} made it
         */
        record Drain(PendingEntry entry, Disk.@Nullable Stat made) implements Next {}

        /** Nothing, for so long, or until there is news. */
        record Wait(Duration duration) implements Next {}
    }

    private static final int ENTRIES_PER_TAKE_MIN = 8;

    private final PendingStreams streams;
    private final NewFiles newFiles;
    private final MonotonicClock clock;
    private final Duration interval;
    private final Duration lease;
    private final int entriesTogether;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Queue<Next.Drain> taken = new ArrayDeque<>();
    private final Map<Integer, PendingSource> sources = new ConcurrentHashMap<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private int lastAsked;
    private long news;

    /**
     * @param newFiles makes files of what was taken
     * @param interval how long an entry waits before it is due
     * @param lease how long an entry stays with a consumer that does not touch it
     * @param replica this process' name: each begins with another stream
     * @param workerCount how many entries are worked on at a time
     */
    Intake(
            PendingStreams streams,
            NewFiles newFiles,
            MonotonicClock clock,
            Duration interval,
            Duration lease,
            String replica,
            int workerCount) {
        this.streams = streams;
        this.newFiles = newFiles;
        this.clock = clock;
        this.interval = interval;
        this.lease = lease;
        this.entriesTogether = workerCount;
        this.lastAsked = Math.floorMod(replica.hashCode(), streams.read().size());
    }

    /**
     * An entry that was taken. Asks a stream for more when few are left.
     *
     * @param progress told between two calls
     */
    Next next(Runnable progress) throws InterruptedException {
        PendingSource source;
        int count;
        lock.lockInterruptibly();
        try {
            if (taken.size() > entriesTogether / 2) {
                return taken.remove();
            }
            List<PendingSource> turns = streams.read().stream().map(this::source).toList();
            long now = clock.nanoTime();
            source = nextToAsk(turns, now);
            if (source == null) {
                Next.Drain first = taken.poll();
                return first == null ? new Next.Wait(untilNext(turns, now)) : first;
            }
            source.beingAsked = true;
            int share = (entriesTogether + turns.size() - 1) / turns.size();
            count = Math.max(ENTRIES_PER_TAKE_MIN, share);
        } finally {
            lock.unlock();
        }
        put(hold(source, count), progress);
        return poll();
    }

    /** The entries that a stream gives, without those that are in this process' hands. */
    private List<PendingEntry> hold(PendingSource source, int count) throws InterruptedException {
        List<PendingEntry> entries = List.of();
        try {
            entries = source.ask(count);
        } catch (RedisFailure unavailable) {
            source.pause();
        } finally {
            lock.lock();
            try {
                source.beingAsked = false;
            } finally {
                lock.unlock();
            }
        }
        source.endings.send();
        return entries.stream().filter(entry -> held.add(entry.name())).toList();
    }

    private void put(List<PendingEntry> entries, Runnable progress) throws InterruptedException {
        if (entries.isEmpty()) {
            return;
        }
        Map<String, Disk.Stat> made = Map.of();
        try {
            progress.run();
            made = newFiles.make(entries, progress);
        } finally {
            lock.lock();
            try {
                for (PendingEntry entry : entries) {
                    taken.add(new Next.Drain(entry, made.get(entry.list())));
                }
                // One of them is for this worker.
                tell(taken.size() - 1);
            } finally {
                lock.unlock();
            }
        }
    }

    private Next poll() {
        lock.lock();
        try {
            Next.Drain first = taken.poll();
            return first == null ? new Next.Wait(Duration.ZERO) : first;
        } finally {
            lock.unlock();
        }
    }

    /** Its list needs this entry no more: it is to be ended. */
    void ended(PendingEntry entry) {
        PendingSource source = sources.get(entry.stream());
        Objects.requireNonNull(source, "of a stream never asked").endings.end(entry);
    }

    /**
     * This replica has no more to do with an entry; its lease brings it back, here or elsewhere.
     */
    void letGo(PendingEntry entry) {
        held.remove(entry.name());
    }

    private PendingSource source(PendingStream stream) {
        return sources.computeIfAbsent(
                stream.number(),
                first ->
                        new PendingSource(
                                stream, new Endings(stream, clock, held), clock, interval, lease));
    }

    /** The next one behind that which was asked last, so that each has its turn. */
    private @Nullable PendingSource nextToAsk(List<PendingSource> turns, long now) {
        for (int i = 1; i <= turns.size(); i++) {
            int turn = (lastAsked + i) % turns.size();
            PendingSource source = turns.get(turn);
            // What is at hand is not to wait for one that may be silent.
            boolean mayWait = taken.isEmpty() || source.answers();
            if (!source.beingAsked && mayWait && source.nextNanos() - now <= 0) {
                lastAsked = turn;
                return source;
            }
        }
        return null;
    }

    private Duration untilNext(List<PendingSource> turns, long now) {
        long wait = PendingSource.IDLE_MAX.toNanos();
        for (PendingSource source : turns) {
            if (!source.beingAsked) {
                wait = Math.min(wait, source.nextNanos() - now);
            }
        }
        return Duration.ofNanos(Math.max(1, wait));
    }

    /** How much there has been to tell; to be read before {@link #next}. */
    long news() {
        lock.lock();
        try {
            return news;
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless there has been news since. */
    void awaitNews(long since, Duration longest) throws InterruptedException {
        long nanos = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (news == since && nanos > 0) {
                nanos = told.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the waits of all workers. */
    void wakeAll() {
        lock.lock();
        try {
            tell(Integer.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    private void tell(int workers) {
        if (workers > 0) {
            news++;
        }
        for (int i = 0; i < workers && lock.hasWaiters(told); i++) {
            told.signal();
        }
    }

    /**
     * Ends what is to be ended, and gives back what nobody works on. For one that has stopped.
     *
     * @param waiting entries of this replica that wait for another try
     * @throws RedisFailure when a stream did not answer: its entries come back by their leases
     */
    void close(List<PendingEntry> waiting) throws RedisFailure, InterruptedException {
        RedisFailure failed = null;
        for (PendingSource source : sources.values()) {
            List<PendingEntry> left = new ArrayList<>(waiting);
            taken.forEach(each -> left.add(each.entry()));
            left.removeIf(entry -> entry.stream() != source.stream.number());
            try {
                source.close(left);
            } catch (RedisFailure silent) {
                failed = silent;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
