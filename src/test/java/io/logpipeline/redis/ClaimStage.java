package io.logpipeline.redis;

import io.logpipeline.testing.ConnectedRedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A Redis with an admitted store and volume, and one list's keys. */
final class ClaimStage implements AutoCloseable {
    static final String LIST = "logs:user_a:1";
    static final String BATCH = "{logs:user_a:1}:batch";
    static final String LEDGER = "{logs:user_a:1}:ledger";
    static final String LOCK = "{logs:user_a:1}:lock";
    static final Claims.Admission ADMISSION = new Claims.Admission("store-1", "volume-1");
    static final int ELEMENT_BYTES_MAX = 2_000_000;
    static final Duration LEASE = Duration.ofSeconds(30);
    static final Duration LEDGER_LIFE = Duration.ofSeconds(3600);

    final ConnectedRedis redis;
    final Claims claims;

    ClaimStage(String url) {
        redis = ConnectedRedis.to(url);
        claims = claims(LEASE, 1000, 1_000_000);
    }

    Claims claims(Duration lease, int elementsMax, int bytesMax) {
        return new Claims(
                redis.link(), lease, LEDGER_LIFE, elementsMax, bytesMax, ELEMENT_BYTES_MAX);
    }

    void empty() {
        redis.server().flushall();
        redis.server().set("logs:store", ADMISSION.storeId());
        redis.server().set("logs:volume", ADMISSION.volumeId());
    }

    void push(String... elements) {
        redis.server().rpush(LIST, elements);
        redis.server().expire(LIST, 600);
    }

    long nowMicros() {
        List<String> time = redis.server().time();
        return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
    }

    /** An entry of the list, noticed now. */
    PendingEntry entry() {
        return new PendingEntry(0, "1-1", LIST, nowMicros(), false);
    }

    ClaimOutcome claim(String token) throws RedisFailure, InterruptedException {
        return claims.claim(entry(), token, 0, ADMISSION);
    }

    ClaimOutcome.Claimed claimed(String token) throws RedisFailure, InterruptedException {
        return (ClaimOutcome.Claimed) claim(token);
    }

    static List<String> texts(ClaimOutcome.Claimed claimed) {
        return claimed.elements().stream()
                .map(element -> new String(element, StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void close() {
        redis.close();
    }
}
