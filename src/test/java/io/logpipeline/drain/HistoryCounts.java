package io.logpipeline.drain;

import java.util.LinkedHashMap;
import java.util.Map;

/** What happened in the histories: a simulation in which nothing goes wrong proves nothing. */
final class HistoryCounts {
    int histories;
    int events;
    int lostByRedis;
    int kills;
    int powerLosses;
    int failedForces;
    int failedAppends;
    int interleaved;
    int rollbacks;
    int newStores;
    int jumps;
    int rotations;
    int matched;
    int torn;
    int rolledBack;
    int replaced;
    int overtaken;
    int locked;
    int stale;
    int refusedClaims;

    /** Each kind by its name, in a fixed order. */
    Map<String, Integer> everyKind() {
        Map<String, Integer> kinds = new LinkedHashMap<>();
        kinds.put("histories", histories);
        kinds.put("events", events);
        kinds.put("lost_by_redis", lostByRedis);
        kinds.put("kills", kills);
        kinds.put("power_losses", powerLosses);
        kinds.put("failed_forces", failedForces);
        kinds.put("failed_appends", failedAppends);
        kinds.put("interleaved", interleaved);
        kinds.put("rollbacks", rollbacks);
        kinds.put("new_stores", newStores);
        kinds.put("jumps", jumps);
        kinds.put("rotations", rotations);
        kinds.put("matched", matched);
        kinds.put("torn", torn);
        kinds.put("rolled_back", rolledBack);
        kinds.put("replaced", replaced);
        kinds.put("overtaken", overtaken);
        kinds.put("locked", locked);
        kinds.put("stale", stale);
        kinds.put("refused_claims", refusedClaims);
        return kinds;
    }
}
