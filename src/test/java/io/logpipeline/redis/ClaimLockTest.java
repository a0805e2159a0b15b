package io.logpipeline.redis;

import static io.logpipeline.redis.ClaimStage.ADMISSION;
import static io.logpipeline.redis.ClaimStage.BATCH;
import static io.logpipeline.redis.ClaimStage.LEASE;
import static io.logpipeline.redis.ClaimStage.LIST;
import static io.logpipeline.redis.ClaimStage.LOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lock of a list, which saves double work. */
class ClaimLockTest extends ClaimStageTests {
    private static final ClaimOutcome BUSY = new ClaimOutcome.Busy("w1");

    @BeforeEach
    void oneElement() {
        stage.push("1");
    }

    @Test
    void anotherOnesClaimFindsTheListBusy() throws Exception {
        stage.claimed("w1");

        assertThat(stage.claim("w2")).isEqualTo(BUSY);
        assertThat(stage.redis.server().get(LOCK)).isEqualTo("w1");
    }

    @Test
    void aBusyListKeepsItsNewPushes() throws Exception {
        stage.claimed("w1");
        stage.push("2");

        assertThat(stage.claim("w2")).isEqualTo(BUSY);
        assertThat(stage.redis.list(LIST)).containsExactly("2");
        assertThat(stage.redis.list(BATCH)).containsExactly("1");
    }

    @Test
    void theHolderMayClaimAgainAndItsLeaseStartsAnew() throws Exception {
        stage.claimed("w1");
        stage.redis.server().pexpire(LOCK, 5000);

        stage.claimed("w1");

        assertThat(stage.redis.server().pttl(LOCK)).isBetween(25_000L, LEASE.toMillis());
    }

    @Test
    void aReleasedListIsFree() throws Exception {
        stage.claimed("w1");
        stage.claims.release(stage.entry(), "w1");

        assertThat(stage.claim("w2")).isInstanceOf(ClaimOutcome.Claimed.class);
    }

    @Test
    void nobodyReleasesAnothersLock() throws Exception {
        stage.claimed("w1");
        stage.claims.release(stage.entry(), "w2");

        assertThat(stage.redis.server().get(LOCK)).isEqualTo("w1");
    }

    @Test
    void aLockEndsWithItsLease() throws Exception {
        Claims brief = stage.claims(Duration.ofMillis(50), 10, 1000);
        brief.claim(stage.entry(), "w1", 0, ADMISSION);

        Await.until("another one gets it", () -> stage.claim("w2") instanceof ClaimOutcome.Claimed);
    }

    @Test
    void aCommitOfTheWholeBatchFreesTheList() throws Exception {
        stage.claims.commit(stage.entry(), "w1", stage.claimed("w1"), 2);

        assertThat(stage.redis.server().exists(LOCK)).isZero();
    }

    @Test
    void aCommitOfAPartStartsTheLeaseAnew() throws Exception {
        stage.push("2");
        ClaimOutcome.Claimed part =
                (ClaimOutcome.Claimed)
                        stage.claims(LEASE, 1, 1000).claim(stage.entry(), "w1", 0, ADMISSION);
        stage.redis.server().pexpire(LOCK, 5000);

        assertThat(stage.claims.commit(stage.entry(), "w1", part, 2))
                .isEqualTo(new CommitOutcome.More());
        assertThat(stage.redis.server().pttl(LOCK)).isBetween(25_000L, LEASE.toMillis());
    }

    @Test
    void aCommitLeavesTheLockOfAnotherOneAlone() throws Exception {
        ClaimOutcome.Claimed claimed = stage.claimed("w1");
        stage.redis.server().set(LOCK, "w2");

        assertThat(stage.claims.commit(stage.entry(), "w1", claimed, 2))
                .isEqualTo(new CommitOutcome.Done(0));
        assertThat(stage.redis.server().get(LOCK)).isEqualTo("w2");
    }
}
