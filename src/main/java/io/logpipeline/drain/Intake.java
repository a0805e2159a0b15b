package io.logpipeline.drain;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes due entries for all workers of a replica, about as many as they work on next, so that
 * replicas share the work by speed and no entry waits behind a list that takes long. Streams are
 * asked in turn, each again when something there is due or to be ended: entries are ended together,
 * on the way to the next ones.
 *
 * <p>Invariants: a stream is asked by one worker at a time. So a master that is silent holds up one
 * worker for each of its streams, and no other stream. An entry is handed out once until it is
 * ended or let go, however often its lease ends meanwhile.
 */
final class Intake {
    /** What a worker does next. */
    sealed interface Next {
        /**
         * Drain this.
         *
         * @param withoutFile whether its list was seen to wait while there was no file
         */
        record Drain(PendingEntry entry, boolean withoutFile) implements Next {}

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
    private final Map<Integer, PendingSource> sources = new HashMap<>();
    private final Set<String> held = new HashSet<>();
    private int lastAsked;
    private long news;

    /**
     * @param newFiles tells whose file is to be made first
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

    /** An entry that was taken, if need be after asking a stream for more. */
    Next next() throws InterruptedException {
        PendingSource source;
        List<PendingEntry> ended;
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
                Next first = taken.poll();
                return first == null ? new Next.Wait(untilNext(turns, now)) : first;
            }
            source.beingAsked = true;
            ended = source.takeEnded();
            int share = (entriesTogether + turns.size() - 1) / turns.size();
            count = Math.max(ENTRIES_PER_TAKE_MIN, share);
        } finally {
            lock.unlock();
        }
        Next mine = ask(source, ended, count);
        return mine == null ? new Next.Wait(Duration.ZERO) : mine;
    }

    private @Nullable Next ask(PendingSource source, List<PendingEntry> ended, int count)
            throws InterruptedException {
        boolean acknowledged = false;
        List<PendingEntry> entries = List.of();
        Set<String> withoutFile = Set.of();
        try {
            source.stream.acknowledge(ended);
            acknowledged = true;
            entries = source.ask(count);
            withoutFile = newFiles.missing(entries);
        } catch (RedisFailure unavailable) {
            source.pause();
        } finally {
            lock.lock();
            try {
                source.beingAsked = false;
                if (acknowledged) {
                    ended.forEach(entry -> held.remove(entry.name()));
                } else {
                    ended.forEach(source::ended);
                }
                for (PendingEntry entry : entries) {
                    if (held.add(entry.name())) {
                        taken.add(new Next.Drain(entry, withoutFile.contains(entry.list())));
                    }
                }
                // One of them is for this worker.
                tell(taken.size() - 1);
            } finally {
                lock.unlock();
            }
        }
        return poll();
    }

    private @Nullable Next poll() {
        lock.lock();
        try {
            return taken.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Its list needs this entry no more: it is ended with those that are ended next. */
    void ended(PendingEntry entry) {
        lock.lock();
        try {
            source(entry).ended(entry);
        } finally {
            lock.unlock();
        }
    }

    /**
     * This replica has no more to do with an entry; its lease brings it back, here or elsewhere.
     */
    void letGo(PendingEntry entry) {
        lock.lock();
        try {
            held.remove(entry.name());
        } finally {
            lock.unlock();
        }
    }

    private PendingSource source(PendingEntry entry) {
        return Objects.requireNonNull(sources.get(entry.stream()), "of a stream never asked");
    }

    private PendingSource source(PendingStream stream) {
        return sources.computeIfAbsent(
                stream.number(), first -> new PendingSource(stream, clock, interval, lease));
    }

    /** The next one behind that which was asked last, so that each has its turn. */
    private @Nullable PendingSource nextToAsk(List<PendingSource> turns, long now) {
        for (int i = 1; i <= turns.size(); i++) {
            int turn = (lastAsked + i) % turns.size();
            PendingSource source = turns.get(turn);
            if (!source.beingAsked && source.nextNanos() - now <= 0) {
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
     * Ends what is to be ended, and gives back what nobody works on yet. For one that has stopped.
     */
    void close() throws RedisFailure, InterruptedException {
        for (PendingSource source : sources.values()) {
            source.stream.acknowledge(source.takeEnded());
        }
        for (Next.Drain each : taken) {
            streams.giveBack(each.entry(), lease);
        }
    }
}
