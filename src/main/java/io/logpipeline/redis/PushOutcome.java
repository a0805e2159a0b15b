package io.logpipeline.redis;

import java.time.Duration;

/** What became of a request's events. */
public sealed interface PushOutcome {
    /** Every event is in its list. */
    record Stored() implements PushOutcome {}

    /** Every event is in its list since an earlier request with the same idempotency key. */
    record Duplicate() implements PushOutcome {}

    /** The idempotency key came before with other events; those of this request are not stored. */
    record KeyReused() implements PushOutcome {}

    /** Nothing was sent: too much is waiting already. */
    record Overloaded(Duration retryAfter) implements PushOutcome {}

    /**
     * Not every event is known to be stored.
     *
     * @param details fit for a client: names no host
     */
    record Failed(String details, Duration retryAfter) implements PushOutcome {}
}
