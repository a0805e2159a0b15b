package io.logpipeline.redis;

import io.logpipeline.event.LogEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where accepted events go. */
public interface Pushes {
    /**
     * Stores the events of one request and waits until they are in their lists. Events of one user
     * and day keep their order.
     *
     * @param idempotencyKey the client's name for this request, or null
     */
    PushOutcome push(List<LogEvent> events, @Nullable String idempotencyKey)
            throws InterruptedException;
}
