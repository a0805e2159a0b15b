package io.logpipeline.redis;

import static io.logpipeline.redis.ClaimStage.ADMISSION;
import static io.logpipeline.redis.ClaimStage.BATCH;
import static io.logpipeline.redis.ClaimStage.ELEMENT_BYTES_MAX;
import static io.logpipeline.redis.ClaimStage.LEASE;
import static io.logpipeline.redis.ClaimStage.LEDGER_LIFE;
import static io.logpipeline.redis.ClaimStage.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Elements that are larger than a drainer reads. */
class LargeElementTest extends ClaimStageTests {
    private static final String LARGE = "x".repeat(ELEMENT_BYTES_MAX + 1);

    @Test
    void anElementThatIsTooLargeStaysInTheBatchUntilOneComesThatTakesIt() throws Exception {
        stage.push(LARGE, "2");

        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.TooLarge(LARGE.length()));
        stage.claims.release(stage.entry(), "w1");

        assertThat(stage.redis.server().ttl(BATCH)).isEqualTo(-1);
        assertThat(stage.redis.list(BATCH)).containsExactly(LARGE, "2");
        ClaimOutcome.Claimed claimed =
                (ClaimOutcome.Claimed) ofMore().claim(stage.entry(), "w2", 0, ADMISSION);
        assertThat(texts(claimed)).containsExactly(LARGE);
    }

    private static Claims ofMore() {
        return new Claims(stage.redis.link(), LEASE, LEDGER_LIFE, 1000, 1_000_000, LARGE.length());
    }

    @Test
    void whatStandsBeforeAnElementThatIsTooLargeIsClaimedWithoutIt() throws Exception {
        stage.push("1", "2", LARGE, "4");

        ClaimOutcome.Claimed claimed = stage.claimed("w1");

        assertThat(texts(claimed)).containsExactly("1", "2");
        stage.claims.commit(stage.entry(), "w1", claimed, 4);
        assertThat(stage.claim("w1")).isInstanceOf(ClaimOutcome.TooLarge.class);
    }

    @Test
    void anElementThatIsTooLargeIsNotLeftToBeReadEither() throws Exception {
        String[] many = new String[100];
        Arrays.fill(many, "x");
        many[0] = LARGE;
        stage.push(many);

        assertThat(stage.claim("w1")).isInstanceOf(ClaimOutcome.TooLarge.class);
    }
}
