package io.logpipeline.redis;

import static io.logpipeline.redis.ClaimStage.ADMISSION;
import static io.logpipeline.redis.ClaimStage.BATCH;
import static io.logpipeline.redis.ClaimStage.LEASE;
import static io.logpipeline.redis.ClaimStage.LEDGER;
import static io.logpipeline.redis.ClaimStage.LIST;
import static io.logpipeline.redis.ClaimStage.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a commit settles, and that a stale one settles nothing. */
class CommitTest extends ClaimStageTests {
    private static final CommitOutcome STALE = new CommitOutcome.Stale();

    @BeforeEach
    void twoElements() {
        stage.push("1", "2");
    }

    private static CommitOutcome commit(ClaimOutcome.Claimed claimed, long position)
            throws Exception {
        return stage.claims.commit(stage.entry(), "w1", claimed, position);
    }

    private static Map<String, String> ledger() {
        return stage.redis.server().hgetall(LEDGER);
    }

    @Test
    void aWholeBatchIsSettledAndOnlyTheLedgerIsLeftForAWhile() throws Exception {
        long before = stage.nowMicros();

        assertThat(commit(stage.claimed("w1"), 4)).isEqualTo(new CommitOutcome.Done(0));

        assertThat(stage.redis.server().keys("*logs:user*")).containsExactly(LEDGER);
        assertThat(ledger()).containsOnlyKeys("position", "drained_at");
        assertThat(ledger()).containsEntry("position", "4");
        assertThat(Long.parseLong(ledger().get("drained_at"))).isBetween(before, stage.nowMicros());
        assertThat(stage.redis.server().ttl(LEDGER)).isBetween(3590L, 3600L);
    }

    @Test
    void aPartIsSettledAndTheRestStaysClaimed() throws Exception {
        Claims oneByOne = stage.claims(LEASE, 1, 1000);
        ClaimOutcome.Claimed first =
                (ClaimOutcome.Claimed) oneByOne.claim(stage.entry(), "w1", 0, ADMISSION);

        assertThat(commit(first, 2)).isEqualTo(new CommitOutcome.More());

        assertThat(stage.redis.list(BATCH)).containsExactly("2");
        assertThat(ledger()).containsEntry("position", "2");
        assertThat(stage.redis.server().ttl(LEDGER)).isEqualTo(-1);
    }

    @Test
    void eachChunkHasABatchIdOfItsOwnSoThatAPositionThatComesBackMeansNothing() throws Exception {
        Claims oneByOne = stage.claims(LEASE, 1, 1000);
        var first = (ClaimOutcome.Claimed) oneByOne.claim(stage.entry(), "w1", 0, ADMISSION);

        // The file was replaced: the position that the ledger gets is the one that it had.
        assertThat(commit(first, first.position())).isEqualTo(new CommitOutcome.More());

        assertThat(commit(first, 2)).isEqualTo(new CommitOutcome.Stale());
        var second = (ClaimOutcome.Claimed) oneByOne.claim(stage.entry(), "w1", 0, ADMISSION);
        assertThat(second.batchId()).isNotEqualTo(first.batchId());
    }

    @Test
    void aLongBatchIsSettledChunkByChunkInOrder() throws Exception {
        stage.empty();
        List<String> elements = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
        stage.push(elements.toArray(String[]::new));
        Claims chunks = stage.claims(LEASE, 64, 150);
        List<String> settled = new ArrayList<>();
        long position = 0;
        CommitOutcome outcome;
        do {
            ClaimOutcome.Claimed claimed =
                    (ClaimOutcome.Claimed) chunks.claim(stage.entry(), "w1", 0, ADMISSION);
            assertThat(claimed.position()).isEqualTo(position);
            settled.addAll(texts(claimed));
            position += 10;
            outcome = commit(claimed, position);
        } while (outcome instanceof CommitOutcome.More);

        assertThat(outcome).isEqualTo(new CommitOutcome.Done(0));
        assertThat(settled).isEqualTo(elements);
    }

    @Test
    void pushesMadeMeanwhileAreReportedAsLaterThanTheDrain() throws Exception {
        ClaimOutcome.Claimed claimed = stage.claimed("w1");
        stage.push("3");

        CommitOutcome outcome = commit(claimed, 4);

        long drainedAt = Long.parseLong(ledger().get("drained_at"));
        assertThat(outcome).isEqualTo(new CommitOutcome.Done(drainedAt + 1));
        assertThat(stage.redis.list(LIST)).containsExactly("3");
        assertThat(stage.redis.server().ttl(LIST)).isBetween(590L, 600L);
    }

    @Test
    void aCommitThatWasMadeBeforeIsStale() throws Exception {
        ClaimOutcome.Claimed claimed = stage.claimed("w1");
        commit(claimed, 4);
        Map<String, String> before = ledger();

        assertThat(commit(claimed, 8)).isEqualTo(STALE);
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void aCommitOfAnotherBatchIsStaleAndChangesNothing() throws Exception {
        ClaimOutcome.Claimed old = stage.claimed("w1");
        commit(old, 4);
        stage.push("3");
        ClaimOutcome.Claimed fresh = stage.claimed("w2");
        assertThat(fresh.batchId()).isNotEqualTo(old.batchId());
        Map<String, String> before = ledger();

        assertThat(
                        commit(
                                new ClaimOutcome.Claimed(
                                        old.batchId(), fresh.position(), old.elements(), 2),
                                8))
                .isEqualTo(STALE);

        assertThat(stage.redis.list(BATCH)).containsExactly("3");
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void aCommitFromAnotherPositionIsStaleAndChangesNothing() throws Exception {
        Claims oneByOne = stage.claims(LEASE, 1, 1000);
        ClaimOutcome.Claimed first =
                (ClaimOutcome.Claimed) oneByOne.claim(stage.entry(), "w1", 0, ADMISSION);
        commit(first, 2);
        Map<String, String> before = ledger();

        assertThat(commit(first, 2)).isEqualTo(STALE);

        assertThat(stage.redis.list(BATCH)).containsExactly("2");
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void aCommitOfThisBatchFromAPositionThatTheLedgerDoesNotHaveIsStale() throws Exception {
        ClaimOutcome.Claimed claimed = stage.claimed("w1");
        Map<String, String> before = ledger();

        assertThat(
                        commit(
                                new ClaimOutcome.Claimed(
                                        claimed.batchId(),
                                        claimed.position() + 1,
                                        claimed.elements(),
                                        claimed.total()),
                                8))
                .isEqualTo(STALE);

        assertThat(stage.redis.list(BATCH)).containsExactly("1", "2");
        assertThat(ledger()).isEqualTo(before);
    }

    @Test
    void aCommitToAStoreThatForgotTheBatchIsStale() throws Exception {
        ClaimOutcome.Claimed claimed = stage.claimed("w1");
        stage.redis.server().flushall();

        assertThat(commit(claimed, 4)).isEqualTo(STALE);
        assertThat(stage.redis.server().dbsize()).isZero();
    }

    @Test
    void theNextBatchStartsWhereTheLastOneEnded() throws Exception {
        commit(stage.claimed("w1"), 4);
        stage.push("3");

        ClaimOutcome.Claimed next = stage.claimed("w1");

        assertThat(next.position()).isEqualTo(4);
        assertThat(stage.redis.server().ttl(LEDGER)).isEqualTo(-1);
    }

    private static CommitOutcome goOn(ClaimOutcome.Claimed claimed) throws Exception {
        return stage.claims.commitAndGoOn(stage.entry(), "w1", claimed, 2, ADMISSION);
    }

    private static ClaimOutcome.Claimed firstOfTwo() throws Exception {
        Claims oneByOne = stage.claims(LEASE, 1, 1000);
        return (ClaimOutcome.Claimed) oneByOne.claim(stage.entry(), "w1", 0, ADMISSION);
    }

    @Test
    void whoGoesOnHasTheRestClaimedByAnIdOfItsOwn() throws Exception {
        ClaimOutcome.Claimed first = firstOfTwo();

        CommitOutcome.GoesOn next = (CommitOutcome.GoesOn) goOn(first);

        assertThat(next.total()).isEqualTo(1);
        assertThat(next.batchId()).isNotEqualTo(first.batchId());
        assertThat(ledger()).containsEntry("batch_id", next.batchId());
        ClaimOutcome.Claimed again = stage.claimed("w1");
        assertThat(again.batchId()).isEqualTo(next.batchId());
        assertThat(again.position()).isEqualTo(2);
        assertThat(texts(again)).containsExactly("2");
    }

    @Test
    void nobodyGoesOnWithoutTheLock() throws Exception {
        ClaimOutcome.Claimed first = firstOfTwo();
        stage.redis.server().set(ClaimStage.LOCK, "w2");

        assertThat(goOn(first)).isEqualTo(new CommitOutcome.More());

        assertThat(ledger()).doesNotContainKey("batch_id").containsEntry("position", "2");
        assertThat(stage.redis.server().get(ClaimStage.LOCK)).isEqualTo("w2");
    }

    @Test
    void nobodyGoesOnWhoPreparedForAnotherStore() throws Exception {
        assertNobodyGoesOnAfter(RedisKeys.STORE);
    }

    @Test
    void nobodyGoesOnWhoseVolumeHasNoLease() throws Exception {
        assertNobodyGoesOnAfter(RedisKeys.VOLUME);
    }

    private static void assertNobodyGoesOnAfter(String changed) throws Exception {
        ClaimOutcome.Claimed first = firstOfTwo();
        stage.redis.server().set(changed, "another");

        assertThat(goOn(first)).isEqualTo(new CommitOutcome.More());

        assertThat(ledger()).doesNotContainKey("batch_id").containsEntry("position", "2");
    }

    @Test
    void whoWouldGoOnEndsWhereNothingIsLeft() throws Exception {
        assertThat(goOn(stage.claimed("w1"))).isEqualTo(new CommitOutcome.Done(0));

        assertThat(ledger()).doesNotContainKey("batch_id");
    }

    @Test
    void nobodyGoesOnFromWhatAnotherOneSettled() throws Exception {
        ClaimOutcome.Claimed first = firstOfTwo();
        commit(first, 2);
        Map<String, String> before = ledger();

        assertThat(goOn(first)).isEqualTo(STALE);

        assertThat(ledger()).isEqualTo(before);
    }
}
