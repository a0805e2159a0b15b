package io.logpipeline.redis;

import static io.logpipeline.redis.ClaimStage.ADMISSION;
import static io.logpipeline.redis.ClaimStage.BATCH;
import static io.logpipeline.redis.ClaimStage.ELEMENT_BYTES_MAX;
import static io.logpipeline.redis.ClaimStage.LEASE;
import static io.logpipeline.redis.ClaimStage.LEDGER;
import static io.logpipeline.redis.ClaimStage.LEDGER_LIFE;
import static io.logpipeline.redis.ClaimStage.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.ForwardingCalls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Elements that are weighed as they are read: of a claim, and those behind it. */
class WeighedReadTest extends ClaimStageTests {
    private static final int CHUNK = 100;
    private static final int BYTES_MAX = 100_000;
    private static final List<String> HEAVY =
            IntStream.range(0, 250).mapToObj(i -> i + "x".repeat(900)).toList();

    private final Claims claims = stage.claims(LEASE, CHUNK, BYTES_MAX);

    private static void push(List<String> elements) {
        stage.push(elements.toArray(String[]::new));
    }

    private ClaimOutcome.Claimed claimed() throws Exception {
        return (ClaimOutcome.Claimed) claims.claim(stage.entry(), "w1", 0, ADMISSION);
    }

    private List<String> ahead(ClaimOutcome.Claimed claimed) throws Exception {
        return claims.await(claims.readAhead(ClaimStage.LIST, claimed)).stream()
                .map(element -> new String(element, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void whatComesNextIsReadWithoutBeingClaimed() throws Exception {
        push(HEAVY);
        ClaimOutcome.Claimed claimed = claimed();

        assertThat(texts(claimed)).isEqualTo(HEAVY.subList(0, CHUNK));
        assertThat(ahead(claimed)).isEqualTo(HEAVY.subList(CHUNK, 2 * CHUNK));
        assertThat(stage.redis.list(BATCH)).isEqualTo(HEAVY);
        assertThat(claimed())
                .extracting(ClaimOutcome.Claimed::batchId)
                .isEqualTo(claimed.batchId());
    }

    @Test
    void itIsNoMoreThanThereIs() throws Exception {
        push(HEAVY.subList(0, CHUNK + 1));

        assertThat(ahead(claimed())).isEqualTo(HEAVY.subList(CHUNK, CHUNK + 1));
    }

    @Test
    void itIsNoMoreThanSoManyBytes() throws Exception {
        List<String> more = HEAVY.stream().map(each -> each + "x".repeat(9000)).toList();
        push(HEAVY.subList(0, CHUNK));
        push(more);

        assertThat(ahead(claimed())).isEqualTo(more.subList(0, 10));
    }

    @Test
    void behindTheLastThereIsNone() throws Exception {
        push(HEAVY.subList(0, CHUNK));

        assertThat(ahead(claimed())).isEmpty();
    }

    /** It is the next claim that says so. */
    @Test
    void oneThatIsTooLargeIsNone() throws Exception {
        push(HEAVY.subList(0, CHUNK));
        stage.push("x".repeat(ELEMENT_BYTES_MAX + 1));

        assertThat(ahead(claimed())).isEmpty();
    }

    /** There is no room for it: its claim reads it alone. */
    @Test
    void oneThatIsLargerThanAChunkIsNone() throws Exception {
        push(HEAVY.subList(0, CHUNK));
        stage.push("x".repeat(BYTES_MAX + 1));
        ClaimOutcome.Claimed claimed = claimed();

        assertThat(ahead(claimed)).isEmpty();
        claims.commit(stage.entry(), "w1", claimed, 1);
        assertThat(claimed().elements()).hasSize(1);
    }

    @Test
    void thereIsNoneBehindWhatAnotherOneSettled() throws Exception {
        push(HEAVY);
        ClaimOutcome.Claimed claimed = claimed();
        claims.commit(stage.entry(), "w1", claimed, 1);

        assertThat(ahead(claimed)).isEmpty();
        claimed();
        assertThat(ahead(claimed)).isEmpty();
    }

    @Test
    void aBatchThatAnotherOneSettledBeforeItIsReadIsOvertaken() throws Exception {
        push(HEAVY);

        assertThat(
                        claimAndBeforeTheRead(
                                () -> stage.redis.server().hset(LEDGER, "batch_id", "another")))
                .isInstanceOf(ClaimOutcome.Overtaken.class);
    }

    @Test
    void soIsOneThatWasDeletedByHand() throws Exception {
        push(HEAVY);

        assertThat(claimAndBeforeTheRead(() -> stage.redis.server().del(BATCH)))
                .isInstanceOf(ClaimOutcome.Overtaken.class);
    }

    private static ClaimOutcome claimAndBeforeTheRead(Runnable others) throws Exception {
        RedisCalls calls =
                new ForwardingCalls(stage.redis.link()) {
                    @Override
                    protected void before(Script script) {
                        if (script == Script.READ) {
                            others.run();
                        }
                    }
                };
        return new Claims(calls, LEASE, LEDGER_LIFE, CHUNK, BYTES_MAX, BYTES_MAX)
                .claim(stage.entry(), "w1", 0, ADMISSION);
    }

    /** For a file that is still to be made. */
    @Test
    void aClaimWithoutRoomReadsNothing() throws Exception {
        push(HEAVY);

        ClaimOutcome.Claimed claimed =
                (ClaimOutcome.Claimed) claims.claim(stage.entry(), "w1", 7, ADMISSION, 0);

        assertThat(claimed.elements()).isEmpty();
        assertThat(claimed.total()).isEqualTo(HEAVY.size());
        assertThat(claimed.position()).isEqualTo(7);
        assertThat(stage.redis.list(BATCH)).isEqualTo(HEAVY);
    }
}
