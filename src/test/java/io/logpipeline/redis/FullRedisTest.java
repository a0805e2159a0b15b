package io.logpipeline.redis;

import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A full Redis takes no pushes, and everything that empties it still works. */
class FullRedisTest {
    @Test
    void aFullRedisCanBeEmptied() throws Exception {
        try (RedisProcess process = RedisProcess.start();
                ClaimStage stage = new ClaimStage(process.url())) {
            stage.empty();
            stage.push("1", "2");
            stage.redis.server().configSet("maxmemory", "1");
            PendingStreams pending =
                    new PendingStreams(stage.redis.link(), "test", new StreamSet(1));
            PendingStream stream = pending.of(ClaimStage.LIST);
            Leases leases = new Leases(stage.redis.link());
            assertThatThrownBy(() ->
                            stage.redis
                                    .link()
                                    .await(
                                            stage.redis
                                                    .link()
                                                    .run(
                                                            Script.PUSH,
                                                            List.of("logs:store", key("b")),
                                                            PendingStream.arguments(
                                                                    600, "id", 1, "1"))))
                    .hasMessageStartingWith("OOM");

            pending.ensureGroups();
            stream.addNow(ClaimStage.LIST, stage.nowMicros());
            List<PendingEntry> entries =
                    ((PendingStream.Taken.Entries) stream.take(Duration.ZERO, 8)).entries();
            assertThat(leases.leadSweep("test", Duration.ofSeconds(1))).isTrue();
            assertThat(leases.volume("volume-1", Duration.ofSeconds(30))).isEmpty();
            assertThat(leases.store()).isEqualTo("store-1");
            ListScan scan =
                    new ListScan(stage.redis.link(), "logs:user_*:*", Duration.ofSeconds(3600));
            assertThat(scan.tend(List.of(ClaimStage.LIST))).containsOnlyKeys(ClaimStage.LIST);
            Claims oneByOne = stage.claims(ClaimStage.LEASE, 1, 1000);
            ClaimOutcome.Claimed first =
                    (ClaimOutcome.Claimed)
                            oneByOne.claim(entries.getFirst(), "w1", 0, ClaimStage.ADMISSION);
            assertThat(oneByOne.await(oneByOne.readAhead(ClaimStage.LIST, first))).hasSize(1);
            pending.renew(entries.getFirst());
            assertThat(stream.reclaim(Duration.ofSeconds(60), 8)).isEmpty();
            assertThat(
                            oneByOne.commitAndGoOn(
                                    entries.getFirst(), "w1", first, 2, ClaimStage.ADMISSION))
                    .isInstanceOf(CommitOutcome.GoesOn.class);
            ClaimOutcome.Claimed claimed =
                    (ClaimOutcome.Claimed)
                            stage.claims.claim(entries.getFirst(), "w1", 0, ClaimStage.ADMISSION);
            assertThat(stage.claims.commit(entries.getFirst(), "w1", claimed, 4))
                    .isEqualTo(new CommitOutcome.Done(0));
            stream.acknowledgeNow(entries);
            stage.claims.release(entries.getFirst(), "w1");

            assertThat(pending.backlog().keys()).isZero();
            assertThat(stage.redis.server().exists(ClaimStage.LIST, ClaimStage.BATCH)).isZero();
        }
    }
}
