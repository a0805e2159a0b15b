package io.logpipeline.drain;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes due entries for all workers of a replica, about as many as they work on next, so that
 * replicas share the work by speed and no entry waits behind a list that takes long. Streams are
 * asked in turn, each again only when something there is due.
 *
 * <p>Invariant: a stream is asked by one worker at a time. So a master that is silent holds up one
 * worker for each of its streams, and no other stream.
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
    private static final Duration IDLE_MAX = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

    private final PendingStreams streams;
    private final NewFiles newFiles;
    private final MonotonicClock clock;
    private final Duration interval;
    private final Duration lease;
    private final int entriesTogether;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Queue<Next.Drain> taken = new ArrayDeque<>();
    private final Map<Integer, Source> sources = new HashMap<>();
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

    /** One stream, and when there is something to ask it. */
    private final class Source {
        final PendingStream stream;
        boolean beingAsked;
        long nextReclaimNanos = clock.nanoTime();
        long nextDueNanos = nextReclaimNanos;

        Source(PendingStream stream) {
            this.stream = stream;
        }

        long nextNanos() {
            return nextReclaimNanos - nextDueNanos < 0 ? nextReclaimNanos : nextDueNanos;
        }

        List<PendingEntry> ask(int countMax) throws RedisFailure, InterruptedException {
            List<PendingEntry> reclaimed = reclaimIfDue(countMax);
            if (!reclaimed.isEmpty() || nextDueNanos - clock.nanoTime() > 0) {
                return reclaimed;
            }
            return switch (stream.take(interval, countMax)) {
                case PendingStream.Taken.Entries entries -> entries.entries();
                case PendingStream.Taken.NothingDue nothing -> {
                    Duration wait =
                            nothing.delay().compareTo(IDLE_MAX) < 0
                                    ? nothing.delay().plusMillis(1)
                                    : IDLE_MAX;
                    nextDueNanos = clock.nanoTime() + wait.toNanos();
                    yield List.of();
                }
            };
        }

        /** Three times a lease. */
        private List<PendingEntry> reclaimIfDue(int countMax)
                throws RedisFailure, InterruptedException {
            long now = clock.nanoTime();
            if (now - nextReclaimNanos < 0) {
                return List.of();
            }
            nextReclaimNanos = now + lease.toNanos() / 3;
            List<PendingEntry> reclaimed = stream.reclaim(lease, countMax);
            if (reclaimed.size() == countMax) {
                nextReclaimNanos = now;
            }
            return reclaimed;
        }

        void pause() {
            long until = clock.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
            nextReclaimNanos = until - nextReclaimNanos > 0 ? until : nextReclaimNanos;
            nextDueNanos = until;
        }
    }

    /** An entry that was taken, if need be after asking a stream for more. */
    Next next() throws InterruptedException {
        Source source;
        int count;
        lock.lockInterruptibly();
        try {
            if (!taken.isEmpty()) {
                return taken.remove();
            }
            List<Source> turns = streams.read().stream().map(this::source).toList();
            long now = clock.nanoTime();
            source = nextToAsk(turns, now);
            if (source == null) {
                return new Next.Wait(untilNext(turns, now));
            }
            source.beingAsked = true;
            int share = (entriesTogether + turns.size() - 1) / turns.size();
            count = Math.max(ENTRIES_PER_TAKE_MIN, share);
        } finally {
            lock.unlock();
        }
        Next mine = ask(source, count);
        return mine == null ? new Next.Wait(Duration.ZERO) : mine;
    }

    private @Nullable Next ask(Source source, int count) throws InterruptedException {
        List<PendingEntry> entries = List.of();
        Set<String> withoutFile = Set.of();
        try {
            entries = source.ask(count);
            withoutFile = newFiles.missing(entries);
        } catch (RedisFailure unavailable) {
            source.pause();
        } finally {
            lock.lock();
            try {
                source.beingAsked = false;
                for (PendingEntry entry : entries) {
                    taken.add(new Next.Drain(entry, withoutFile.contains(entry.list())));
                }
                if (entries.size() > 1) {
                    tell();
                }
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

    private Source source(PendingStream stream) {
        return sources.computeIfAbsent(stream.number(), first -> new Source(stream));
    }

    /** The next one behind that which was asked last, so that each has its turn. */
    private @Nullable Source nextToAsk(List<Source> turns, long now) {
        for (int i = 1; i <= turns.size(); i++) {
            int turn = (lastAsked + i) % turns.size();
            Source source = turns.get(turn);
            if (!source.beingAsked && source.nextNanos() - now <= 0) {
                lastAsked = turn;
                return source;
            }
        }
        return null;
    }

    private Duration untilNext(List<Source> turns, long now) {
        long wait = IDLE_MAX.toNanos();
        for (Source source : turns) {
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
            tell();
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        news++;
        told.signalAll();
    }

    /** Takes out what nobody works on yet. */
    List<PendingEntry> drainAll() {
        lock.lock();
        try {
            List<PendingEntry> all = taken.stream().map(Next.Drain::entry).toList();
            taken.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
