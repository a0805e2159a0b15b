package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Files;
import java.util.Map;

/** A list as a producer of ours leaves it behind, and what a drain has to leave of it. */
final class DrainedLists {
    /** At once: a sweep between list and entry would make an entry of its own. */
    private static final String PUSH =
            """
            for i = 1, #ARGV do
                redis.call('RPUSH', KEYS[1], ARGV[i])
            end
            redis.call('EXPIRE', KEYS[1], 600)
            local seconds = redis.call('TIME')[1]
            redis.call('XADD', KEYS[2], '*', 'key', KEYS[1], 'noticed_us', seconds .. '000000')
            """;

    private DrainedLists() {}

    static void push(SharedRedis redis, String list, String... elements) {
        String[] keys = {list, RedisKeys.PENDING};
        redis.server().eval(PUSH, ScriptOutputType.STATUS, keys, elements);
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
