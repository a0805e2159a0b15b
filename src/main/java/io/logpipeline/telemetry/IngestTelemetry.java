package io.logpipeline.telemetry;

import java.time.Duration;

/** What the ingest side has to tell an operator. Thread-safe; never throws. */
public interface IngestTelemetry {
    /** One POST /log was answered. */
    void requestAnswered(RequestOutcome outcome);

    /** Events are in their Redis lists; {@code bytes} counts their stored lines. */
    void eventsAccepted(int events, long bytes);

    /** How long one request waited for Redis. */
    void pushTook(Duration duration);
}
