package io.logpipeline.redis;

import java.util.Map;

/**
 * What a server says of its append-only file.
 *
 * @param inUse whether it has one
 * @param ofItsStart whether it is the one that it started from
 * @param rewriteFailed whether it tried to write it anew and did not succeed, the last time
 * @param rewriteAhead whether it writes it anew now, or is about to
 */
record AppendOnlyFile(
        boolean inUse, boolean ofItsStart, boolean rewriteFailed, boolean rewriteAhead) {

    /**
     * @param info what the server says of its persistence
     */
    static AppendOnlyFile of(String info) {
        Map<String, String> fields = ServerCheck.fields(info);
        return new AppendOnlyFile(
                "1".equals(fields.get("aof_enabled")),
                // Counted as they begin: one that failed counts too.
                "0".equals(fields.get("aof_rewrites")),
                "err".equals(fields.get("aof_last_bgrewrite_status")),
                !"0".equals(fields.get("aof_rewrite_in_progress"))
                        || !"0".equals(fields.get("aof_rewrite_scheduled")));
    }

    /** Whether it is not written anew yet, nobody is at it, and nothing is known against it. */
    boolean isDue() {
        return inUse && !rewriteAhead && ofItsStart && !rewriteFailed;
    }

    /** Whether it could not be written anew. */
    boolean isStuck() {
        return inUse && rewriteFailed;
    }

    /** Whether it could not be, and nobody is at it again. */
    boolean isDueAgain() {
        return isStuck() && !rewriteAhead;
    }
}
