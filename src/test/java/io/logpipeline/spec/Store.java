package io.logpipeline.spec;

/**
 * What one Redis master holds of the list, in 21 bits: list, batch and acknowledged events as masks
 * (a list is in push order, so a mask says it all), the ledger, and whether the store has its id.
 */
final class Store {
    static final int ABSENT = 0;

    /** A ledger without a position. */
    static final int NO_POSITION = 31;

    static final int BITS = 21;
    private static final int EVENTS = 15;

    private Store() {}

    static int fresh(boolean named) {
        return (NO_POSITION << 12) | (named ? 1 << 20 : 0);
    }

    static int list(int store) {
        return store & EVENTS;
    }

    static int batch(int store) {
        return (store >> 4) & EVENTS;
    }

    static int acknowledged(int store) {
        return (store >> 8) & EVENTS;
    }

    static int position(int store) {
        return (store >> 12) & 31;
    }

    static int batchId(int store) {
        return (store >> 17) & 7;
    }

    static boolean isNamed(int store) {
        return (store >> 20 & 1) == 1;
    }

    static int withList(int store, int events) {
        return store & ~EVENTS | events;
    }

    static int withBatch(int store, int events) {
        return store & ~(EVENTS << 4) | events << 4;
    }

    static int withAcknowledged(int store, int events) {
        return store & ~(EVENTS << 8) | events << 8;
    }

    static int withPosition(int store, int position) {
        return store & ~(31 << 12) | position << 12;
    }

    static int withBatchId(int store, int id) {
        return store & ~(7 << 17) | id << 17;
    }

    static int named(int store) {
        return store | 1 << 20;
    }

    /** push.lua. */
    static int push(int store, int event) {
        int bit = 1 << event;
        return withAcknowledged(withList(store, list(store) | bit), acknowledged(store) | bit);
    }

    static boolean isDrained(int store) {
        return list(store) == 0 && batch(store) == 0;
    }

    /** claim.lua, of a store that is not drained. */
    static int claim(int store, int newBatchId, int firstPosition) {
        int claimed = store;
        if (batch(store) == 0) {
            claimed = withList(withBatch(store, list(store)), 0);
        }
        if (batchId(claimed) == 0) {
            claimed = withBatchId(claimed, newBatchId);
        }
        if (position(claimed) == NO_POSITION) {
            claimed = withPosition(claimed, firstPosition);
        }
        return claimed;
    }

    /** The batch's first elements. */
    static int first(int batch, int count) {
        int rest = batch;
        for (int i = 0; i < count; i++) {
            rest &= rest - 1;
        }
        return batch & ~rest;
    }

    /** commit.lua, of a ledger that is as it was claimed. */
    static int commit(int store, int count, int position) {
        int batch = batch(store);
        int left = withBatch(store, batch & ~first(batch, count));
        return withBatchId(withPosition(left, position), 0);
    }

    /** The ledger of a drained list has outlived its life. */
    static int withoutIdleLedger(int store) {
        return store == ABSENT || batch(store) != 0 || batchId(store) != 0
                ? store
                : withPosition(store, NO_POSITION);
    }
}
