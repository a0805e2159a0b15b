package io.logpipeline.drain;

import io.logpipeline.redis.RedisKeys;
import io.logpipeline.simulation.SimulatedRedis;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Redis gave up because its time was over: lists that nobody drained, which somebody must tell
 * of; and the markers of idempotency keys, which hold until then.
 */
final class Expiries {
    private final Books books;
    private final Set<String> toBeTold = new HashSet<>();
    private final Map<String, Long> onceMillis = new HashMap<>();

    Expiries(Books books) {
        this.books = books;
    }

    /**
     * A key with elements expired.
     *
     * @param cared whether drainers ran all the time that it waited
     */
    void expired(SimulatedRedis server, String key, List<String> elements, boolean cared) {
        if (key.startsWith("{") || cared) {
            books.problem(key + " expires");
            return;
        }
        books.expired(elements);
        String drained = server.field("{" + key + "}:ledger", "drained_at");
        long noticed = -1;
        for (int stream = 0; stream < Chances.STREAMS.streamsMax(); stream++) {
            noticed = Math.max(noticed, server.noticedMicros(RedisKeys.pending(stream), key));
        }
        if (noticed > (drained == null ? 0 : Long.parseLong(drained))) {
            toBeTold.add(key);
        }
    }

    /** A drainer was told so by Redis; it may have died before it said so. */
    void said(String list) {
        toBeTold.remove(list);
    }

    /** A drainer said so. */
    void told(String list) {
        toBeTold.remove(list);
    }

    /** Where there is a list again nobody can see that there was one before. */
    void refilled(String list) {
        toBeTold.remove(list);
    }

    /** Redis may have forgotten markers too. */
    void fellBack() {
        onceMillis.clear();
    }

    /** A request with an idempotency key was stored, which happens once in a list's life. */
    void storedOnce(String marker, List<String> events, long nowMillis) {
        Long before = onceMillis.put(marker, nowMillis);
        if (before != null
                && nowMillis - before < SimulatedReplica.LIST_LIFE.toMillis()
                && books.isKept(events.getFirst())) {
            books.problem(marker + " is stored twice");
        }
    }

    /** At the end. */
    void check(boolean fellBack) {
        if (!fellBack && !toBeTold.isEmpty()) {
            books.problem("nobody tells that these expired: " + toBeTold);
        }
    }
}
