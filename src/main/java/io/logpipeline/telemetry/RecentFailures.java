package io.logpipeline.telemetry;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong lately, for those who look at this process. Thread-safe; never waits.
 *
 * <p>It is shown to whoever may ask, so it holds nothing but words of this class and of enums: no
 * user id, no key, no path. Facts that repeat are one episode for as long as no {@link #QUIET}
 * passes between two of them, and the episodes are bounded: the oldest give way.
 */
public final class RecentFailures {
    /** How many episodes are kept. */
    public static final int EPISODES_MAX = 50;

    static final Duration QUIET = Duration.ofSeconds(30);

    /**
     * What happened, in words that are always the same.
     *
     * @param kind what it is about
     * @param reason the word that metrics and log lines have for it
     */
    public record Fact(String kind, String reason, String sentence, Level level) {}

    /**
     * A fact, and how often it happened without a pause.
     *
     * @param lasted from the first time to the last
     * @param ago since the last time
     */
    public record Episode(Fact fact, long count, Duration lasted, Duration ago) {}

    private static final class Open {
        final Fact fact;
        final long firstNanos;
        long lastNanos;
        long count = 1;

        Open(Fact fact, long nanos) {
            this.fact = fact;
            this.firstNanos = nanos;
            this.lastNanos = nanos;
        }
    }

    private static final Fact REDIS_AWAY =
            new Fact("Redis", "redis_down", "Redis does not answer this process", Level.ERROR);
    private static final Fact LOG_DIR_UNUSABLE =
            new Fact(
                    "Log directory",
                    "log_dir",
                    "The log directory takes no writes, or is another volume than the other"
                            + " drainers'",
                    Level.ERROR);
    private static final Fact KEY_EXPIRED =
            new Fact(
                    "Lost",
                    "key_expired",
                    "A list expired before it was drained: its events are lost",
                    Level.ERROR);
    private static final Fact STORE_FAILED =
            new Fact(
                    "Ingest",
                    "store_failed",
                    "A request was answered with 500: Redis did not store it",
                    Level.ERROR);
    private static final Fact OVERLOADED =
            new Fact(
                    "Ingest",
                    "overloaded",
                    "A request was answered with 503: too much waits already",
                    Level.WARNING);

    private final LongSupplier nanoTime;

    /** The one that happened last is first. */
    private final Deque<Open> episodes = new ArrayDeque<>();

    private volatile long revision;

    /**
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    public RecentFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Told at each look at Redis that found it away. */
    public void redisAway() {
        happened(REDIS_AWAY);
    }

    /** Told at each look at a log directory that found it unusable. */
    public void logDirUnusable() {
        happened(LOG_DIR_UNUSABLE);
    }

    /** A list expired before anybody drained it. */
    public void keyExpired() {
        happened(KEY_EXPIRED);
    }

    /** Told of every answer: whether it was a failure is decided here. */
    public void requestAnswered(RequestOutcome outcome) {
        switch (outcome) {
            case STORE_FAILED -> happened(STORE_FAILED);
            case OVERLOADED -> happened(OVERLOADED);
            // The client's own doing.
            case ACCEPTED, DUPLICATE, INVALID, TOO_LARGE, RATE_LIMITED, UNAUTHORIZED -> {}
        }
    }

    /** A drain could not go on. */
    public void drainFailed(DrainFailure reason) {
        happened(
                new Fact(
                        "Drain",
                        Meters.labelValue(reason),
                        DrainSentences.of(reason),
                        DrainSentences.level(reason)));
    }

    /** The protocol repaired something. */
    public void recovered(Recovery kind) {
        happened(
                new Fact(
                        "Repaired",
                        Meters.labelValue(kind),
                        DrainSentences.of(kind),
                        DrainSentences.level(kind)));
    }

    private synchronized void happened(Fact fact) {
        long now = nanoTime.getAsLong();
        Open episode = takeOpen(fact, now);
        if (episode == null) {
            episode = new Open(fact, now);
            if (episodes.size() == EPISODES_MAX) {
                episodes.removeLast();
            }
        } else {
            episode.count++;
            episode.lastNanos = now;
        }
        episodes.addFirst(episode);
        revision++;
    }

    private @Nullable Open takeOpen(Fact fact, long now) {
        for (Iterator<Open> each = episodes.iterator(); each.hasNext(); ) {
            Open episode = each.next();
            if (now - episode.lastNanos > QUIET.toNanos()) {
                return null;
            }
            if (episode.fact.equals(fact)) {
                each.remove();
                return episode;
            }
        }
        return null;
    }

    /** Another number after each fact: whoever has seen this one has seen all. */
    public long revision() {
        return revision;
    }

    /** All that are kept, the one that happened last first. */
    public synchronized List<Episode> newestFirst() {
        long now = nanoTime.getAsLong();
        List<Episode> list = new ArrayList<>(episodes.size());
        for (Open episode : episodes) {
            list.add(
                    new Episode(
                            episode.fact,
                            episode.count,
                            Duration.ofNanos(episode.lastNanos - episode.firstNanos),
                            Duration.ofNanos(now - episode.lastNanos)));
        }
        return list;
    }

    /** The gravest fact of a kind that happened within this time; empty when none did. */
    public Optional<Level> gravest(String kind, Duration within) {
        return newestFirst().stream()
                .filter(episode -> episode.ago().compareTo(within) <= 0)
                .map(Episode::fact)
                .filter(fact -> fact.kind().equals(kind))
                .map(Fact::level)
                .max(Level::compareTo);
    }
}
