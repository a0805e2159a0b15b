package io.logpipeline.redis;

import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.testing.ForwardingCalls;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Claims and commits in a cluster, while the list's slot is on its way to another master. */
class ClusterClaimsIT extends ClusterTests {
    /** Redis can't hold it against anything that has another slot. */
    private static final Claims.Admission ANY = new Claims.Admission("store", "volume");

    private static int lists;

    /** Each test's own: its slot stays where it went. */
    private final String list = key("u" + lists++);

    private final int slot = SlotHash.getSlot(list);
    private final String ledger = RedisKeys.ledger(list);
    private final PendingEntry entry = new PendingEntry(0, "1-1", list, 1, false);
    private RedisProcess from;
    private RedisProcess to;
    private RedisCluster.Migration there;

    @BeforeEach
    void findMasters() {
        from = cluster.firstMasterOf(list);
        to = anotherThan(from);
    }

    private static Claims claims(RedisCalls calls, int elementsMax, int bytesMax) {
        return new Claims(
                calls,
                Duration.ofSeconds(30),
                Duration.ofSeconds(600),
                elementsMax,
                bytesMax,
                bytesMax);
    }

    private ClaimOutcome.Claimed claimed(Claims claims) throws Exception {
        return (ClaimOutcome.Claimed) claims.claim(entry, "worker", 0, ANY);
    }

    private List<String> push(int count, String padding) {
        List<String> elements = IntStream.range(0, count).mapToObj(i -> i + padding).toList();
        from.with(server -> server.rpush(list, elements.toArray(String[]::new)));
        return elements;
    }

    @Test
    void aBatchIsSettledWholeThoughItsSlotIsOnItsWay() throws Exception {
        Claims claims = claims(link, 100, 100_000);
        push(1, "");
        ClaimOutcome.Claimed claimed = claimed(claims);
        push(1, " more");

        there = cluster.migrate(slot, from, to);
        assertThat(claims.commit(entry, "worker", claimed, 2))
                .isInstanceOf(CommitOutcome.Done.class);

        there.end();
        assertThat(to.<Long>with(server -> server.ttl(ledger))).isPositive();
        assertThat(to.<Long>with(server -> server.exists(RedisKeys.lock(list)))).isZero();
    }

    @Test
    void aBatchIsReadWhereItGoes() throws Exception {
        List<String> elements = push(200, "");
        RedisCalls calls =
                new ForwardingCalls(link) {
                    @Override
                    public CompletionStage<BatchElements> readBatch(String of, int elementsMax) {
                        there = cluster.migrate(slot, from, to);
                        there.moveKeys();
                        return super.readBatch(of, elementsMax);
                    }
                };
        Claims claims = claims(calls, 1000, 100_000);

        ClaimOutcome.Claimed claimed = claimed(claims);

        assertThat(ClaimStage.texts(claimed)).isEqualTo(elements);
        there.end();
        assertThat(claims.commit(entry, "worker", claimed, 2))
                .isInstanceOf(CommitOutcome.Done.class);
    }

    @Test
    void aBatchIsReadAheadAndGoneOnWithWhereItGoes() throws Exception {
        List<String> elements = push(250, "x".repeat(900));
        Claims claims = claims(link, 100, 100_000);
        ClaimOutcome.Claimed first = claimed(claims);

        there = cluster.migrate(slot, from, to);
        List<byte[]> ahead = claims.await(claims.readAhead(list, first));
        there.moveKeys();
        List<byte[]> moved = claims.await(claims.readAhead(list, first));
        // The list itself is nowhere: a script that names it waits for the end of the way.
        there.end();
        CommitOutcome commit = claims.commitAndGoOn(entry, "worker", first, 7, ANY);

        assertThat(ClaimStage.texts(first)).isEqualTo(elements.subList(0, 100));
        assertThat(ahead)
                .extracting(String::new)
                .isEqualTo(elements.subList(100, 200))
                .isEqualTo(moved.stream().map(String::new).toList());
        CommitOutcome.GoesOn next = (CommitOutcome.GoesOn) commit;
        assertThat(next.total()).isEqualTo(150);
        assertThat(to.<String>with(server -> server.hget(ledger, "batch_id")))
                .isEqualTo(next.batchId());
        ClaimOutcome.Claimed again = claimed(claims);
        assertThat(again.batchId()).isEqualTo(next.batchId());
        assertThat(ClaimStage.texts(again)).isEqualTo(elements.subList(100, 200));
    }
}
