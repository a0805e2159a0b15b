package io.logpipeline.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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
     * Gives lists their full time again when less than half of it is left.
     *
     * @return for each key when it was seen as a list, in microseconds by its server's clock; empty
     *     when it is none
     */
    public List<OptionalLong> tend(List<String> keys) throws RedisFailure, InterruptedException {
        List<CompletionStage<Reply>> replies = new ArrayList<>(keys.size());
        for (String key : keys) {
            replies.add(
                    calls.run(
                            Script.TEND,
                            List.of(key),
                            PendingStream.arguments(expiration.toSeconds())));
        }
        List<OptionalLong> seen = new ArrayList<>(keys.size());
        for (CompletionStage<Reply> each : replies) {
            Reply reply = calls.await(each);
            seen.add(
                    switch (reply.word()) {
                        case "LIST", "REARMED" -> OptionalLong.of(reply.number(1));
                        case "NO_LIST" -> OptionalLong.empty();
                        default -> throw reply.unknown(Script.TEND);
                    });
        }
        return seen;
    }
}
