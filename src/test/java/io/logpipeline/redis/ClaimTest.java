package io.logpipeline.redis;

import static io.logpipeline.redis.ClaimStage.ADMISSION;
import static io.logpipeline.redis.ClaimStage.BATCH;
import static io.logpipeline.redis.ClaimStage.LEASE;
import static io.logpipeline.redis.ClaimStage.LEDGER;
import static io.logpipeline.redis.ClaimStage.LIST;
import static io.logpipeline.redis.ClaimStage.LOCK;
import static io.logpipeline.redis.ClaimStage.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a claim takes, and what it finds when there is nothing to take. */
class ClaimTest extends ClaimStageTests {
    @Test
    void aListBecomesABatchWithAnIdAndAPosition() throws Exception {
        stage.push("1", "2");

        ClaimOutcome outcome = stage.claims.claim(stage.entry(), "w1", 77, ADMISSION);

        ClaimOutcome.Claimed claimed = (ClaimOutcome.Claimed) outcome;
        assertThat(texts(claimed)).containsExactly("1", "2");
        assertThat(claimed.total()).isEqualTo(2);
        assertThat(claimed.position()).isEqualTo(77);
        assertThat(stage.redis.server().exists(LIST)).isZero();
        assertThat(stage.redis.list(BATCH)).containsExactly("1", "2");
        assertThat(stage.redis.server().hgetall(LEDGER))
                .containsOnlyKeys("batch_id", "position")
                .containsEntry("batch_id", claimed.batchId())
                .containsEntry("position", "77");
    }

    @Test
    void aClaimedEventNeverExpires() throws Exception {
        stage.push("1");
        stage.redis.server().hset(LEDGER, "position", "5");
        stage.redis.server().expire(LEDGER, 100);

        stage.claimed("w1");

        assertThat(stage.redis.server().ttl(BATCH)).isEqualTo(-1);
        assertThat(stage.redis.server().ttl(LEDGER)).isEqualTo(-1);
        assertThat(stage.redis.server().ttl(LIST)).isEqualTo(-2);
    }

    @Test
    void aBatchThatSomehowHasAnExpiryLosesItAtTheNextClaim() throws Exception {
        stage.push("1");
        stage.claimed("w1");
        stage.redis.server().expire(BATCH, 100);

        stage.claimed("w1");

        assertThat(stage.redis.server().ttl(BATCH)).isEqualTo(-1);
    }

    @Test
    void aLedgersPositionIsKept() throws Exception {
        stage.push("1");
        stage.redis.server().hset(LEDGER, "position", "5");

        assertThat(
                        ((ClaimOutcome.Claimed)
                                        stage.claims.claim(stage.entry(), "w1", 99, ADMISSION))
                                .position())
                .isEqualTo(5);
    }

    @Test
    void claimingABatchAgainKeepsItsIdAndItsPosition() throws Exception {
        stage.push("1");
        ClaimOutcome.Claimed first = stage.claimed("w1");
        stage.push("2");

        ClaimOutcome.Claimed again =
                (ClaimOutcome.Claimed) stage.claims.claim(stage.entry(), "w1", 99, ADMISSION);

        assertThat(again.batchId()).isEqualTo(first.batchId());
        assertThat(again.position()).isEqualTo(first.position());
        assertThat(texts(again)).containsExactly("1");
        assertThat(stage.redis.list(LIST)).containsExactly("2");
    }

    @Test
    void aChunkHoldsAtMostSoManyElements() throws Exception {
        stage.push("1", "2", "3", "4");

        ClaimOutcome outcome =
                stage.claims(LEASE, 3, 1_000_000).claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(texts((ClaimOutcome.Claimed) outcome)).containsExactly("1", "2", "3");
        assertThat(((ClaimOutcome.Claimed) outcome).total()).isEqualTo(4);
    }

    @Test
    void aChunkHoldsAtMostSoManyBytes() throws Exception {
        stage.push("aaaa", "bbbb", "cc", "d");

        assertThat(claimedWithBytesMax(9)).containsExactly("aaaa", "bbbb");
        assertThat(claimedWithBytesMax(10)).containsExactly("aaaa", "bbbb", "cc");
        assertThat(claimedWithBytesMax(11)).containsExactly("aaaa", "bbbb", "cc", "d");
    }

    @Test
    void theFirstElementComesHoweverLargeItIs() throws Exception {
        String large = "x".repeat(100_000);
        stage.push(large, "2");

        assertThat(claimedWithBytesMax(10)).containsExactly(large);
    }

    private static List<String> claimedWithBytesMax(int bytesMax) throws Exception {
        return texts(
                (ClaimOutcome.Claimed)
                        stage.claims(LEASE, 1000, bytesMax)
                                .claim(stage.entry(), "w1", 0, ADMISSION));
    }

    @Test
    void aChunkIsAnUnbrokenBeginningOfTheBatchWhateverTheSizes() throws Exception {
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            elements.add(i + "x".repeat(i % 7 == 0 ? 900 : i % 13));
        }
        stage.push(elements.toArray(String[]::new));

        for (int bytesMax : new int[] {1, 50, 1000, 5000, 77_777, 400_000}) {
            List<String> read =
                    texts(
                            (ClaimOutcome.Claimed)
                                    stage.claims(LEASE, 2500, bytesMax)
                                            .claim(stage.entry(), "w1", 0, ADMISSION));

            assertThat(read).isNotEmpty().isEqualTo(elements.subList(0, read.size()));
            int bytes = read.stream().mapToInt(String::length).sum();
            int next = read.size() == 2500 ? bytesMax : elements.get(read.size()).length();
            assertThat(bytes <= bytesMax || read.size() == 1).isTrue();
            assertThat(bytes + next).isGreaterThanOrEqualTo(bytesMax);
        }
    }

    @Test
    void anElementComesByteForByte() throws Exception {
        byte[] odd = new byte[256];
        IntStream.range(0, 256).forEach(i -> odd[i] = (byte) i);
        stage.redis
                .link()
                .await(
                        stage.redis
                                .link()
                                .run(
                                        Script.PUSH,
                                        List.of("logs:store", LIST),
                                        List.of(
                                                "600".getBytes(),
                                                "id".getBytes(),
                                                "1".getBytes(),
                                                odd)));

        assertThat(stage.claimed("w1").elements()).containsExactly(odd);
    }

    @Test
    void aListThatWasDrainedAfterItsEntryIsEmpty() throws Exception {
        stage.push("1");
        PendingEntry early = stage.entry();
        stage.claims.commit(early, "w1", stage.claimed("w1"), 2);

        assertThat(stage.claims.claim(early, "w1", 0, ADMISSION))
                .isEqualTo(new ClaimOutcome.Empty());
    }

    @Test
    void anEntryOfNoKnownTimeFindsADrainedListEmpty() throws Exception {
        stage.push("1");
        stage.claims.commit(stage.entry(), "w1", stage.claimed("w1"), 2);

        assertThat(
                        stage.claims.claim(
                                new PendingEntry(0, "1-1", LIST, 0, false), "w1", 0, ADMISSION))
                .isEqualTo(new ClaimOutcome.Empty());
    }

    @Test
    void aListThatNobodyDrainedHasExpired() throws Exception {
        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.Expired());
    }

    @Test
    void aListThatExpiredAfterItsLastDrainHasExpired() throws Exception {
        stage.push("1");
        stage.claims.commit(stage.entry(), "w1", stage.claimed("w1"), 2);

        PendingEntry later = new PendingEntry(0, "2-1", LIST, stage.nowMicros(), false);

        assertThat(stage.claims.claim(later, "w1", 0, ADMISSION))
                .isEqualTo(new ClaimOutcome.Expired());
    }

    @Test
    void anExpiredListIsToldOnceHoweverManyEntriesItHas() throws Exception {
        PendingEntry one = stage.entry();
        PendingEntry other = new PendingEntry(0, "2-1", LIST, stage.nowMicros(), false);

        assertThat(stage.claims.claim(one, "w1", 0, ADMISSION))
                .isEqualTo(new ClaimOutcome.Expired());
        assertThat(stage.claims.claim(other, "w2", 0, ADMISSION))
                .isEqualTo(new ClaimOutcome.Empty());
        assertThat(stage.redis.server().ttl(LEDGER)).isBetween(3590L, 3600L);
    }

    @Test
    void aKeyThatIsNoListIsLeftAlone() throws Exception {
        stage.redis.server().hset(LIST, "field", "value");

        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.WrongType("hash"));
        assertThat(stage.redis.server().hget(LIST, "field")).isEqualTo("value");
        assertThat(stage.redis.server().exists(BATCH, LEDGER, LOCK)).isZero();
    }

    @Test
    void aStoreThatForgotEverythingAdmitsNobody() throws Exception {
        stage.redis.server().flushall();
        stage.push("1");

        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.NotAdmitted());
        assertThat(stage.redis.list(LIST)).containsExactly("1");
    }

    @Test
    void anotherStoreAdmitsNobody() throws Exception {
        stage.redis.server().set("logs:store", "store-2");
        stage.push("1");

        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.NotAdmitted());
    }

    @Test
    void aVolumeWithoutTheLeaseIsNotAdmitted() throws Exception {
        stage.push("1");
        stage.redis.server().set("logs:volume", "volume-2");
        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.NotAdmitted());
        stage.redis.server().del("logs:volume");
        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.NotAdmitted());
        assertThat(stage.redis.server().exists(BATCH, LEDGER, LOCK)).isZero();
    }

    @Test
    void aBatchOfAnotherStoreIsNotGivenOutEither() throws Exception {
        stage.push("1");
        stage.claimed("w1");
        stage.redis.server().set("logs:store", "store-2");

        assertThat(stage.claim("w1")).isEqualTo(new ClaimOutcome.NotAdmitted());
    }
}
