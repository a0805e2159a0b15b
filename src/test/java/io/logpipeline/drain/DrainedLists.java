package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.RedisKeys;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Files;
import java.util.Map;

/** A list as a producer of ours leaves it behind, and what a drain has to leave of it. */
final class DrainedLists {
    private DrainedLists() {}

    static void push(SharedRedis redis, String list, String... elements) {
        redis.server().rpush(list, elements);
        redis.server().expire(list, 600);
        String seconds = redis.server().time().getFirst();
        redis.server()
                .xadd(RedisKeys.PENDING, Map.of("key", list, "noticed_us", seconds + "000000"));
    }

    static void assertSettled(SharedRedis redis, DrainStage stage, String list) throws Exception {
        assertThat(redis.server().exists(list, "{" + list + "}:batch", "{" + list + "}:lock"))
                .isZero();
        Map<String, String> ledger = redis.server().hgetall("{" + list + "}:ledger");
        assertThat(ledger).containsOnlyKeys("position", "drained_at");
        assertThat(ledger).containsEntry("position", Long.toString(Files.size(stage.path(list))));
        assertThat(redis.server().ttl("{" + list + "}:ledger")).isPositive();
    }
}
