package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores the events of one request. */
public interface Pushes {
    /** Waits until every event is in its list, or it is known that it is not. */
    PushOutcome push(List<LogEvent> events, @Nullable String idempotencyKey)
            throws InterruptedException;
}
