package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a look at waiting lists does to their life. */
class ListScanTest {
    private static final String LIST = "logs:user_a:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();
    private static ListScan scan;

    @BeforeAll
    static void connect() {
        scan = new ListScan(redis.link(), "logs:user_*:*", Duration.ofSeconds(600));
    }

    @BeforeEach
    void oneList() {
        redis.server().rpush(LIST, "1");
    }

    private static long ttlAfterALook() throws Exception {
        assertThat(scan.tend(List.of(LIST))).containsOnlyKeys(LIST);
        return redis.server().ttl(LIST);
    }

    @Test
    void aListWithLessThanHalfItsLifeLeftGetsItsFullLifeAgain() throws Exception {
        redis.server().expire(LIST, 290);

        assertThat(ttlAfterALook()).isBetween(580L, 600L);
    }

    @Test
    void aListWithMoreOfItsLifeLeftKeepsIt() throws Exception {
        redis.server().expire(LIST, 400);

        assertThat(ttlAfterALook()).isBetween(300L, 400L);
    }

    @Test
    void aListOfOthersThatNeverExpiresGetsNoLife() throws Exception {
        assertThat(ttlAfterALook()).isEqualTo(-1);
    }

    @Test
    void aKeyOfAnotherTypeAndOneThatIsGoneAreToldApart() throws Exception {
        redis.server().set("logs:user_text:1", "text");

        assertThat(scan.tend(List.of("logs:user_text:1", "logs:user_gone:1")))
                .isEqualTo(Map.of("logs:user_text:1", 0L));
    }
}
