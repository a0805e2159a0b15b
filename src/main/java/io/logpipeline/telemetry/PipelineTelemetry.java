package io.logpipeline.telemetry;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Timer;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Every meter and every log line of the pipeline: one typed call moves the one and writes the
 * other.
 *
 * <p>All series exist at zero from construction on, and no label carries anything but an enum
 * constant. The gauges of a registry belong to the one made last. Lines of one kind that repeat are
 * written at most every 30 s, with the number of those left out.
 */
public final class PipelineTelemetry implements IngestTelemetry, DrainTelemetry {
    private static final Logger API_LOG = System.getLogger("io.logpipeline.api");
    private static final Logger DRAIN_LOG = System.getLogger("io.logpipeline.drain");
    private static final Duration SUMMARY_EVERY = Duration.ofSeconds(30);

    /** Each names something lost or repaired, so more of them are worth a line than of failures. */
    private static final int NAMED_LINES = 20;

    private final Map<RequestOutcome, Counter> requests;
    private final Counter eventsAccepted;
    private final Counter bytesAccepted;
    private final Timer push;
    private final Counter keysDrained;
    private final Counter eventsDrained;
    private final Counter bytesDrained;
    private final Timer drain;
    private final Timer sync;
    private final Map<DrainFailure, Counter> failures;
    private final Map<Recovery, Counter> recoveries;
    private final Counter keysExpired;
    private final Counter keysSwept;
    private final Map<LockKind, Counter> lockBusy;
    private final PipelineGauges gauges;
    private final RecentFailures recentFailures;

    private final RepeatLimit notStoredLines;
    private final RepeatLimit overloadedLines;
    private final Map<DrainFailure, RepeatLimit> failureLines = new EnumMap<>(DrainFailure.class);
    private final Map<Recovery, RepeatLimit> recoveryLines = new EnumMap<>(Recovery.class);
    private final RepeatLimit expiredLines;
    private final WarnedNames unrecognized = new WarnedNames(1_000);

    /**
     * Registers all meters.
     *
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    public PipelineTelemetry(MeterRegistry registry, PipelineState state, LongSupplier nanoTime) {
        Meters meters = new Meters(registry);
        requests =
                meters.counters("requests", "POST /log answers", "outcome", RequestOutcome.class);
        eventsAccepted =
                meters.counter(
                        "events_accepted",
                        "Events acknowledged, without those that a repeat found stored");
        bytesAccepted = meters.counter("bytes_accepted", "Bytes of the events acknowledged");
        push = meters.timer("push", "Waiting for Redis, per request");
        keysDrained = meters.counter("keys_drained", "Claims committed by this replica");
        eventsDrained = meters.counter("events_drained", "Events committed by this replica");
        bytesDrained = meters.counter("bytes_drained", "Bytes committed by this replica");
        drain = meters.timer("drain", "From claim to commit");
        sync = meters.timer("sync", "One force of a file to its disk");
        failures =
                meters.counters(
                        "drain_failures",
                        "Drains that could not go on",
                        "reason",
                        DrainFailure.class);
        recoveries =
                meters.counters("recoveries", "What the protocol repaired", "kind", Recovery.class);
        keysExpired = meters.counter("keys_expired", "Lists lost to the TTL, undrained");
        keysSwept = meters.counter("keys_swept", "Lists that only the sweep found");
        lockBusy = meters.counters("lock_busy", "Locks that others held", "lock", LockKind.class);
        gauges = new PipelineGauges(meters, state);
        recentFailures = new RecentFailures(nanoTime);

        notStoredLines = new RepeatLimit(API_LOG, 1, SUMMARY_EVERY, nanoTime);
        overloadedLines = new RepeatLimit(API_LOG, 1, SUMMARY_EVERY, nanoTime);
        for (DrainFailure reason : DrainFailure.values()) {
            failureLines.put(reason, new RepeatLimit(DRAIN_LOG, 1, SUMMARY_EVERY, nanoTime));
        }
        for (Recovery kind : Recovery.values()) {
            recoveryLines.put(
                    kind, new RepeatLimit(DRAIN_LOG, NAMED_LINES, SUMMARY_EVERY, nanoTime));
        }
        expiredLines = new RepeatLimit(DRAIN_LOG, NAMED_LINES, SUMMARY_EVERY, nanoTime);
    }

    /** Where others say what is read at each scrape. */
    public PipelineGauges gauges() {
        return gauges;
    }

    /** What this process counted so far, and has in hand. */
    public Figures figures() {
        return new Figures(
                eventsAccepted.count(),
                eventsDrained.count(),
                gauges.pushQueueEvents(),
                gauges.keysInHand(),
                gauges.sweeperLeader());
    }

    /** What of this went wrong lately. */
    public RecentFailures recentFailures() {
        return recentFailures;
    }

    @Override
    public void requestAnswered(RequestOutcome outcome) {
        of(requests, outcome).increment();
        recentFailures.requestAnswered(outcome);
        switch (outcome) {
            case ACCEPTED -> {
                notStoredLines.quiet(() ->
                        LogLine.of("Requests are stored again").with("outcome", "store_failed"));
                overloadedLines.quiet(
                        () -> LogLine.of("The overload is over").with("outcome", "overloaded"));
            }
            case STORE_FAILED ->
                    notStoredLines.log(
                            WARNING,
                            () ->
                                    LogLine.of("Redis did not store a request")
                                            .with("outcome", "store_failed"));
            case OVERLOADED ->
                    overloadedLines.log(
                            WARNING,
                            () ->
                                    LogLine.of("Overloaded, a request was turned away")
                                            .with("outcome", "overloaded"));
            case DUPLICATE, INVALID, TOO_LARGE, RATE_LIMITED, UNAUTHORIZED ->
                    API_LOG.log(
                            DEBUG,
                            () ->
                                    LogLine.of("Answered a request")
                                            .with("outcome", Meters.labelValue(outcome))
                                            .toString());
        }
    }

    @Override
    public void eventsAccepted(int events, long bytes) {
        eventsAccepted.increment(events);
        bytesAccepted.increment(bytes);
    }

    @Override
    public void pushTook(Duration duration) {
        push.record(duration);
    }

    @Override
    public void eventsCommitted(int events, long bytes) {
        eventsDrained.increment(events);
        bytesDrained.increment(bytes);
        failureLines.forEach((reason, lines) ->
                lines.quiet(() ->
                        LogLine.of("Drains of this kind fail no more")
                                .with("reason", Meters.labelValue(reason))));
    }

    @Override
    public void keyDrained(String key, int events, long bytes, Duration claimToCommit) {
        keysDrained.increment();
        drain.record(claimToCommit);
        DRAIN_LOG.log(
                DEBUG,
                () ->
                        LogLine.of("Drained a key")
                                .with("key", key)
                                .with("events", events)
                                .with("bytes", bytes)
                                .with("took_ms", claimToCommit.toMillis())
                                .toString());
    }

    @Override
    public void synced(Duration duration) {
        sync.record(duration);
    }

    @Override
    public void drainFailed(DrainFailure reason, String key, String details) {
        of(failures, reason).increment();
        recentFailures.drainFailed(reason);
        of(failureLines, reason)
                .log(
                        DrainSentences.level(reason),
                        () ->
                                LogLine.of(DrainSentences.of(reason))
                                        .with("reason", Meters.labelValue(reason))
                                        .with("key", key)
                                        .with("details", details));
    }

    @Override
    public void recovered(Recovery kind, String key, String details) {
        of(recoveries, kind).increment();
        recentFailures.recovered(kind);
        of(recoveryLines, kind)
                .log(
                        DrainSentences.level(kind),
                        () ->
                                LogLine.of(DrainSentences.of(kind))
                                        .with("kind", Meters.labelValue(kind))
                                        .with("key", key)
                                        .with("details", details));
    }

    @Override
    public void keyExpired(String key) {
        keysExpired.increment();
        recentFailures.keyExpired();
        expiredLines.log(
                ERROR,
                () ->
                        LogLine.of("A list expired before it was drained: its events are lost")
                                .with("key", key));
    }

    @Override
    public void keysSwept(int keys) {
        keysSwept.increment(keys);
        if (keys > 0) {
            DRAIN_LOG.log(
                    INFO,
                    () ->
                            LogLine.of("The sweep found lists that nobody had an entry for")
                                    .with("keys", keys)
                                    .toString());
        }
    }

    @Override
    public void keyUnrecognized(String key) {
        String name = WarnedNames.shortened(key);
        switch (unrecognized.add(name)) {
            case KNOWN -> {}
            case NEW ->
                    DRAIN_LOG.log(
                            WARNING,
                            () ->
                                    LogLine.of(
                                                    "A key matches the pattern but is not one of"
                                                            + " ours: left alone")
                                            .with("key", name)
                                            .toString());
            case NO_ROOM ->
                    DRAIN_LOG.log(
                            WARNING,
                            "Too many keys are not ours: no more of their names will be logged");
            case FULL -> {}
        }
    }

    @Override
    public void unrecognizedKeys(int keys) {
        gauges.unrecognizedKeys(keys);
    }

    @Override
    public void lockBusy(LockKind lock) {
        of(lockBusy, lock).increment();
    }

    /** All constants are in, from the constructor on. */
    private static <E extends Enum<E>, V> V of(Map<E, V> each, E constant) {
        return Objects.requireNonNull(each.get(constant));
    }
}
