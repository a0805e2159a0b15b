package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that read several streams, and are restarted with another number of them. */
class SeveralStreamsTest {
    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private static PendingStreams writer(int streams) {
        return new PendingStreams(redis.link(), "api", new StreamSet(streams));
    }

    private static List<String> lists(String user, int count) {
        return IntStream.range(0, count).mapToObj(i -> "logs:user_" + user + ":" + i).toList();
    }

    /** What an API of a setting leaves behind. */
    private static void push(PendingStreams writer, List<String> lists) throws Exception {
        long micros = Long.parseLong(redis.server().time().getFirst()) * 1_000_000;
        for (String list : lists) {
            redis.server().rpush(list, "of " + list);
            redis.server().expire(list, 600);
            writer.of(list).addNow(list, micros);
        }
    }

    private static void assertOnceEach(DrainStage stage, List<String> lists) {
        assertThat(lists)
                .allSatisfy(list -> assertThat(stage.lines(list)).containsExactly("of " + list));
    }

    private static List<String> streams() {
        return redis.server().keys("logs:pending*");
    }

    @Test
    void eachListIsDrainedWhateverItsStream() throws Exception {
        List<String> lists = lists("a", 60);
        push(writer(3), lists);
        Await.until("all are known", () -> writer(3).backlog().keys() == 60);

        try (DrainStage one = DrainStage.ofStreams(redis.link(), logDir, "one", 3, 2);
                DrainStage two = DrainStage.ofStreams(redis.link(), logDir, "two", 3, 2)) {
            one.awaitQuiet();
            two.awaitQuiet();

            assertOnceEach(one, lists);
            assertThat(one.telemetry.swept).hasValue(0);
            assertThat(two.telemetry.swept).hasValue(0);
        }
        assertThat(streams()).hasSize(3);
    }

    @Test
    void fromOneStreamToFourToTwoWhileAnOldWriterGoesOnEachListIsDrainedOnce() throws Exception {
        List<String> all = new ArrayList<>();
        PendingStreams oldest = writer(1);
        PendingStreams old = writer(4);
        try (DrainStage first = DrainStage.ofStreams(redis.link(), logDir, "first", 1, 2)) {
            all.addAll(pushAll("up", oldest, old));
            first.awaitAdmission();
            try (DrainStage second = DrainStage.ofStreams(redis.link(), logDir, "second", 4, 2)) {
                all.addAll(pushAll("both", oldest, old));
                first.stop();
                all.addAll(pushAll("four", oldest, old));
                try (DrainStage third = DrainStage.ofStreams(redis.link(), logDir, "third", 2, 2)) {
                    second.stop();
                    all.addAll(pushAll("down", old, writer(2)));
                    awaitEmpty();
                    third.awaitQuiet();

                    // It was asleep for so long.
                    all.addAll(pushAll("late", old));
                    awaitEmpty();
                    third.awaitQuiet();

                    assertOnceEach(third, all);
                    Await.until(
                            "streams of nobody are gone",
                            () ->
                                    List.of(RedisKeys.pending(0), RedisKeys.pending(1))
                                            .containsAll(streams()));
                    assertThat(third.telemetry.expired).isEmpty();
                }
            }
        }
    }

    private static List<String> pushAll(String user, PendingStreams... writers) throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < writers.length; i++) {
            List<String> lists = lists(user + i, 20);
            push(writers[i], lists);
            all.addAll(lists);
        }
        return all;
    }

    /** Of whatever setting. */
    private static void awaitEmpty() {
        Await.until("nothing is pending", () -> writer(StreamSet.STREAMS_MAX).look().keys() == 0);
    }

    @Test
    void aSweepKnowsTheEntriesOfStreamsOfAnotherSetting() throws Exception {
        List<String> lists = lists("a", 40);
        push(writer(4), lists);
        redis.server().rpush("logs:user_b:1", "of logs:user_b:1");
        Await.until("all are known", () -> writer(4).backlog().keys() == 40);
        // No drainer of whatever volume is admitted.
        redis.server().set("logs:volume", "another");

        try (DrainStage stage = DrainStage.ofStreams(redis.link(), logDir, "one", 1, 2)) {
            Await.until("it swept", () -> stage.telemetry.sweeps.get() >= 2);

            assertThat(stage.telemetry.swept).hasValue(1);
            assertThat(writer(4).look().keys()).isEqualTo(41);

            redis.server().del("logs:volume");
            Await.until("all are drained", () -> stage.telemetry.drained.size() == 41);
            Await.until("one stream is left", () -> streams().equals(List.of("logs:pending")));
            assertOnceEach(stage, lists);
        }
    }

    @Test
    void aSilentStreamKeepsNoListFromBeingSwept() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.hold(Script.ENTRIES, RedisKeys.pending(1))
                .completeExceptionally(new RedisFailure(RedisFailure.Kind.TIMED_OUT, "silent"));
        redis.server().set("logs:volume", "another");
        List<String> lists = lists("a", 40);
        for (String list : lists) {
            redis.server().rpush(list, "of " + list);
            redis.server().expire(list, 200);
        }
        List<String> ofTheOther =
                lists.stream().filter(list -> writer(2).of(list).number() == 0).toList();

        try (DrainStage stage = DrainStage.ofStreams(calls, logDir, "one", 2, 1)) {
            Await.until("it swept", () -> stage.telemetry.sweeps.get() >= 2);

            assertThat(lists)
                    .allSatisfy(list -> assertThat(redis.server().ttl(list)).isGreaterThan(500));
            assertThat(writer(2).read().getFirst().page("0-0", 100).lists())
                    .containsExactlyInAnyOrderElementsOf(ofTheOther);
            assertThat(redis.server().xlen(RedisKeys.pending(1))).isZero();
        }
    }
}
