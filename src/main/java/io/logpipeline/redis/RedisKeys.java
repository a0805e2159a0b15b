package io.logpipeline.redis;

import io.logpipeline.event.UserDay;

/** Every name this project gives to a Redis key; the lists' own names are {@link UserDay}'s. */
public final class RedisKeys {
    /** The first stream of keys that wait to be drained; the only one by default. */
    public static final String PENDING = "logs:pending";

    /** The consumer group of the drainers on it. */
    public static final String GROUP = "drainers";

    static final String STORE = "logs:store";
    static final String VOLUME = "logs:volume";
    static final String SWEEPER = "logs:sweeper";

    /** The ledger's field that names the batch in hand. */
    static final String BATCH_ID = "batch_id";

    private static final String BATCH_END = "}:batch";

    private RedisKeys() {}

    /**
     * The stream of a number. The letter makes that three, or four, lie on as many masters one
     * each, where the slots are dealt out evenly.
     */
    public static String pending(int stream) {
        return stream == 0 ? PENDING : PENDING + ":p" + stream;
    }

    /** The claimed elements of a list; in the list's hash slot, like the other satellites. */
    static String batch(String list) {
        return "{" + list + BATCH_END;
    }

    static String ledger(String list) {
        return "{" + list + "}:ledger";
    }

    static String lock(String list) {
        return "{" + list + "}:lock";
    }

    static String onceMarker(String list, String idempotencyKey) {
        return "{" + list + "}:once:" + idempotencyKey;
    }

    /** The pattern of the batches of all lists that match {@code listPattern}. */
    static String batchPattern(String listPattern) {
        return "{" + listPattern + BATCH_END;
    }

    /** The list that a batch was claimed from. */
    static String listOfBatch(String batch) {
        return batch.substring(1, batch.length() - BATCH_END.length());
    }
}
