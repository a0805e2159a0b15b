package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.RedisProcess;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When Redis counts as nearly full. */
class MemoryWatermarkTest {
    @Test
    void onceHighItStaysSoUntilTheUseIsClearlyLower() {
        MemoryWatermark memory = new MemoryWatermark(90);
        int[] percents = {89, 90, 89, 86, 85, 84, 89, 91, 100, 85, 84};
        boolean[] high = new boolean[percents.length];
        IntStream.range(0, percents.length)
                .forEach(i -> {
                    memory.saw(percents[i]);
                    high[i] = memory.isHigh();
                });
        assertThat(high)
                .containsExactly(
                        false, true, true, true, true, false, false, true, true, true, false);
    }

    @Test
    void itFollowsWhatRedisSays() throws Exception {
        try (RedisProcess process = RedisProcess.start();
                ConnectedRedis redis = ConnectedRedis.to(process.url())) {
            MemoryWatermark memory = new MemoryWatermark(90);
            memory.look(redis.link());
            assertThat(memory.isHigh()).as("no maxmemory").isFalse();

            // Made by Redis itself: the buffer of a large command would count for a while.
            redis.server().setrange("large", 8_000_000, "x");
            maxmemory(redis, 200);
            memory.look(redis.link());
            assertThat(memory.isHigh()).as("half full").isFalse();

            Await.until(
                    "it is nearly full",
                    () -> {
                        maxmemory(redis, 105);
                        memory.look(redis.link());
                        return memory.isHigh();
                    });

            redis.server().del("large");
            memory.look(redis.link());
            assertThat(memory.isHigh()).as("nearly empty").isFalse();
        }
    }

    /** Sets the limit to so many percent of what is used now. */
    private static void maxmemory(ConnectedRedis redis, int percent) {
        long used =
                redis.server()
                        .info("memory")
                        .lines()
                        .filter(line -> line.startsWith("used_memory:"))
                        .mapToLong(line -> Long.parseLong(line.substring(12).strip()))
                        .sum();
        redis.server().configSet("maxmemory", Long.toString(used / 100 * percent));
    }

    @Test
    void zeroSwitchesItOff() throws Exception {
        try (RedisProcess process = RedisProcess.start();
                ConnectedRedis redis = ConnectedRedis.to(process.url())) {
            redis.server().configSet("maxmemory", "1");
            MemoryWatermark off = new MemoryWatermark(0);
            off.look(redis.link());
            assertThat(off.isHigh()).isFalse();
        }
    }
}
