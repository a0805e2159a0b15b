package io.logpipeline.redis;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Looks through Redis for lists and batches, whoever made them, without blocking it. */
public final class ListScan {
    private static final int KEYS_PER_PAGE = 500;

    /** A page of list keys; the cursor {@code "0"} ends the scan. */
    public record Page(String cursor, List<String> lists) {}

    private final RedisCalls calls;
    private final String pattern;
    private final Duration expiration;

    /**
     * @param pattern the lists' keys, as {@code drainer.log_pattern}
     * @param expiration how long a list lives after its last push
     */
    public ListScan(RedisCalls calls, String pattern, Duration expiration) {
        this.calls = calls;
        this.pattern = pattern;
        this.expiration = expiration;
    }

    /** The next keys that match the pattern, of whatever type. */
    public Page lists(String cursor) throws RedisFailure, InterruptedException {
        RedisCalls.ScanPage page = calls.await(calls.scan(cursor, pattern, KEYS_PER_PAGE));
        return new Page(page.cursor(), page.keys());
    }

    /** The next lists that have a claimed batch. */
    public Page batches(String cursor) throws RedisFailure, InterruptedException {
        String batches = RedisKeys.batchPattern(pattern);
        RedisCalls.ScanPage page = calls.await(calls.scan(cursor, batches, KEYS_PER_PAGE));
        return new Page(page.cursor(), page.keys().stream().map(RedisKeys::listOfBatch).toList());
    }

    /**
     * Gives lists their full time again when less than half of it is left. In a cluster, those that
     * a master does not answer for are left out, unless none does for any: the others must not
     * expire for it.
     *
     * @return for each key that is still there when it was seen as a list, in microseconds by its
     *     server's clock; 0 for one that is no list
     */
    public Map<String, Long> tend(List<String> keys) throws RedisFailure, InterruptedException {
        Map<String, CompletionStage<Reply>> replies = LinkedHashMap.newLinkedHashMap(keys.size());
        for (String key : keys) {
            replies.put(
                    key,
                    calls.run(
                            Script.TEND,
                            List.of(key),
                            PendingStream.arguments(expiration.toSeconds())));
        }
        Map<String, Long> seenMicros = LinkedHashMap.newLinkedHashMap(keys.size());
        Answers.await(calls, replies).forEach((key, reply) -> tended(key, reply, seenMicros));
        return seenMicros;
    }

    private static void tended(String key, Reply reply, Map<String, Long> seenMicros) {
        switch (reply.word()) {
            case "LIST", "REARMED" -> seenMicros.put(key, reply.number(1));
            case "NO_LIST" -> seenMicros.put(key, 0L);
            case "GONE" -> {}
            default -> throw reply.unknown(Script.TEND);
        }
    }
}
