package io.logpipeline.redis;

import java.time.Duration;

/** What became of a push. */
public sealed interface PushOutcome {
    /** Every event is in its list. */
    record Stored() implements PushOutcome {}

    /** The idempotency key was seen before: nothing was stored again. */
    record Duplicate() implements PushOutcome {}

    /** The queue is full: nothing was sent. */
    record Overloaded(Duration retryAfter) implements PushOutcome {}

    /** Redis is away or refused the write. */
    record Failed(String details, Duration retryAfter) implements PushOutcome {}
}
