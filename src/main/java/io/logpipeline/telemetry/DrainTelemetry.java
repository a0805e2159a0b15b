package io.logpipeline.telemetry;

import java.time.Duration;

/**
 * What the drain side has to tell an operator. Thread-safe; never throws.
 *
 * <p>A Redis key may be handed over: it reaches log lines only, never a label. {@code details} are
 * written to the log as they are, so they hold no event.
 */
public interface DrainTelemetry {
    /** One chunk of a claim is in its file and committed; {@code bytes} counts what it holds. */
    void eventsCommitted(int events, long bytes);

    /**
     * A whole claim is committed. Counts the key and its time: the events and bytes, totals of the
     * claim, were counted chunk by chunk and are only logged here.
     */
    void keyDrained(String key, int events, long bytes, Duration claimToCommit);

    /** One force of a file to its disk. */
    void synced(Duration duration);

    /**
     * Something failed in a drain. What could not go on is tried again, by then out of reach of its
     * expiry if it was claimed.
     */
    void drainFailed(DrainFailure reason, String key, String details);

    /** The protocol repaired something. */
    void recovered(Recovery kind, String key, String details);

    /** The TTL took a list before anybody drained it: its events are lost. */
    void keyExpired(String key);

    /** The sweep gave entries to this many lists that had none. */
    void keysSwept(int keys);

    /** A key that matches the pattern has no canonical form and is left alone. */
    void keyUnrecognized(String key);

    /** How many such keys the last sweep met. */
    void unrecognizedKeys(int keys);

    /** Somebody else holds the lock. */
    void lockBusy(LockKind lock);
}
