package io.logpipeline.rollback;

/** How a client posts. */
enum Manner {
    SINGLE(1, false),
    ARRAYS(5, false),
    SINGLE_UNTIL_STORED(1, true),
    ARRAYS_UNTIL_STORED(5, true);

    private final int events;
    private final boolean repeats;

    Manner(int events, boolean repeats) {
        this.events = events;
        this.repeats = repeats;
    }

    /** By each request. */
    int events() {
        return events;
    }

    /** Whether a request has an idempotency key, and is sent again until the answer is 200. */
    boolean repeats() {
        return repeats;
    }
}
