package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.Replicas.Group;
import io.logpipeline.redis.Replicas.Member;
import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReplicasTest {
    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    private static Group look() throws Exception {
        return redis.link().await(new Replicas(redis.link(), streams("looks")).look());
    }

    private static PendingStreams streams(String consumer) {
        return new PendingStreams(redis.link(), consumer, new StreamSet(1));
    }

    private static PendingStream.Taken take(String consumer, int count) throws Exception {
        return streams(consumer).read().getFirst().take(Duration.ZERO, count);
    }

    private static void add(int count) {
        for (int i = 0; i < count; i++) {
            redis.server().xadd(RedisKeys.PENDING, Map.of("key", "k" + i, "noticed_us", "1"));
        }
    }

    @Test
    void withoutAStreamOrAGroupThereIsNobody() throws Exception {
        assertThat(look()).isEqualTo(Group.NONE);
        add(1);
        assertThat(look()).isEqualTo(Group.NONE);
    }

    @Test
    void eachHoldsWhatItTookAndDidNotEnd() throws Exception {
        add(10);
        take("less", 1);
        take("more", 4);
        PendingStreams ended = streams("ended");
        if (take("ended", 2) instanceof PendingStream.Taken.Entries taken) {
            ended.read().getFirst().acknowledgeNow(taken.entries());
        }
        new Leases(redis.link()).leadSweep("more", Duration.ofMinutes(5));

        Group group = look();
        assertThat(group.members())
                .extracting(Member::name, Member::held)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("more", 4L),
                        org.assertj.core.groups.Tuple.tuple("less", 1L),
                        org.assertj.core.groups.Tuple.tuple("ended", 0L));
        assertThat(group.members())
                .allSatisfy(each ->
                        assertThat(each.idle()).isBetween(Duration.ZERO, Duration.ofMinutes(5)));
        assertThat(group.untaken()).isEqualTo(3);
        assertThat(group.ended()).isEqualTo(2);
        assertThat(group.count()).isEqualTo(3);
        assertThat(group.sweeper()).contains("more");
    }

    @Test
    void whoDrainsSeveralStreamsHoldsWhatItTookOfAll() throws Exception {
        for (int stream = 0; stream < 3; stream++) {
            for (int i = 0; i < 4; i++) {
                Map<String, String> entry = Map.of("key", "k" + i, "noticed_us", "1");
                redis.server().xadd(RedisKeys.pending(stream), entry);
            }
        }
        PendingStreams one = new PendingStreams(redis.link(), "one", new StreamSet(3));
        PendingStreams two = new PendingStreams(redis.link(), "two", new StreamSet(3));
        one.read().get(0).take(Duration.ZERO, 1);
        one.read().get(1).take(Duration.ZERO, 2);
        var ended = (PendingStream.Taken.Entries) two.read().get(2).take(Duration.ZERO, 1);
        two.read().get(2).acknowledgeNow(ended.entries());
        two.read().get(0).take(Duration.ZERO, 2);

        Group group = redis.link().await(new Replicas(redis.link(), one).look());

        assertThat(group.members())
                .extracting(Member::name, Member::held)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("one", 3L),
                        org.assertj.core.groups.Tuple.tuple("two", 2L));
        assertThat(group.untaken()).isEqualTo(6);
        assertThat(group.ended()).isEqualTo(1);
        assertThat(group.count()).isEqualTo(2);
    }

    @Test
    void ofVeryManyThoseThatHoldMostAreNamed() throws Exception {
        add(60);
        for (int i = 0; i < 59; i++) {
            take("c" + i, 1);
        }
        take("c58", 1);

        Group group = look();
        assertThat(group.count()).isEqualTo(59);
        assertThat(group.members()).hasSize(50);
        assertThat(group.members().getFirst()).extracting(Member::name).isEqualTo("c58");
        assertThat(group.sweeper()).isEmpty();
    }

    @Test
    void lookingChangesNothing() throws Exception {
        add(2);
        take("one", 1);
        String before = redis.server().xinfoStream(RedisKeys.PENDING).toString();
        look();
        assertThat(redis.server().xinfoStream(RedisKeys.PENDING)).hasToString(before);
        assertThat(redis.server().keys("*")).containsExactly(RedisKeys.PENDING);
    }
}
