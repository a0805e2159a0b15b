package io.logpipeline.telemetry;

import java.time.Duration;

/** What the ingest reports. */
public interface IngestTelemetry {
    void requestAnswered(RequestOutcome outcome);

    void eventsAccepted(int events, long bytes);

    /** The time spent waiting in a push. */
    void pushTook(Duration duration);
}
