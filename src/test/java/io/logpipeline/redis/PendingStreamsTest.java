package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.XAddArgs;
import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists spread over streams, read by processes of one setting and of another. */
class PendingStreamsTest {
    private static final long NOTICED_MICROS = 1_712_345_678_000_001L;

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    private static PendingStreams process(int streams) {
        return new PendingStreams(redis.link(), "process-of-" + streams, new StreamSet(streams));
    }

    private static List<String> lists(int count) {
        return IntStream.range(0, count).mapToObj(i -> "logs:user_" + i + ":19818").toList();
    }

    private static long entries(int stream) {
        return redis.server().xlen(RedisKeys.pending(stream));
    }

    /** Adds entries, and waits for them: nobody else does. */
    private static void add(PendingStreams process, List<String> lists) {
        long before = entriesOfAll();
        process.add(lists, NOTICED_MICROS);
        Await.until("they are there", () -> entriesOfAll() == before + lists.size());
    }

    private static long entriesOfAll() {
        return IntStream.range(0, StreamSet.STREAMS_MAX)
                .mapToLong(PendingStreamsTest::entries)
                .sum();
    }

    private static List<Integer> read(PendingStreams process) {
        return process.read().stream().map(PendingStream::number).toList();
    }

    /** Takes and ends all that is due. */
    private static int end(PendingStream stream) throws Exception {
        int ended = 0;
        while (stream.take(Duration.ZERO, 8) instanceof PendingStream.Taken.Entries taken) {
            stream.acknowledgeNow(taken.entries());
            ended += taken.entries().size();
        }
        return ended;
    }

    @Test
    void oneStreamIsTheOneThatHasAlwaysBeenThere() throws Exception {
        PendingStreams one = process(1);
        one.ensureGroups();
        add(one, lists(20));
        one.look();

        assertThat(redis.server().keys("*")).containsExactly("logs:pending");
        assertThat(entries(0)).isEqualTo(20);
        assertThat(read(one)).containsExactly(0);
    }

    @Test
    void listsAreSpreadOverTheStreamsOfTheSettingTheSameInEachProcess() throws Exception {
        PendingStreams three = process(3);
        add(three, lists(300));

        assertThat(three.backlog().keys()).isEqualTo(300);
        for (PendingStream stream : three.read()) {
            List<String> entries = stream.page("0-0", 300).lists();
            assertThat(entries.size()).isBetween(75, 125);
            assertThat(entries)
                    .allSatisfy(list ->
                            assertThat(process(3).of(list).number()).isEqualTo(stream.number()));
        }
    }

    @Test
    void theFirstEntryOfAListSaysWhenItWasSeenInWhateverStream() throws Exception {
        PendingStreams three = process(3);
        add(three, lists(30));

        for (PendingStream stream : three.read()) {
            var taken = (PendingStream.Taken.Entries) stream.take(Duration.ZERO, 30);
            assertThat(taken.entries())
                    .isNotEmpty()
                    .allMatch(entry -> entry.noticedMicros() == NOTICED_MICROS)
                    .allMatch(entry -> entry.stream() == stream.number());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void asManyStreamsAsMastersLieOnOneEach(int masters) {
        assertThat(
                        IntStream.range(0, masters)
                                .map(i -> SlotHash.getSlot(RedisKeys.pending(i)))
                                .map(slot -> slot * masters / SlotHash.SLOT_COUNT))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, masters).boxed().toList());
    }

    @Test
    void allStreamsThatThereCanBeAreSpreadOverTheSlots() {
        Set<Integer> sixteenths = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < StreamSet.STREAMS_MAX; i++) {
            names.add(RedisKeys.pending(i));
            sixteenths.add(SlotHash.getSlot(RedisKeys.pending(i)) * 16 / SlotHash.SLOT_COUNT);
        }
        assertThat(names).hasSize(StreamSet.STREAMS_MAX);
        assertThat(sixteenths).hasSize(16);
    }

    @Test
    void aStreamOfAnotherSettingIsReadFromTheNextLookOnUntilItIsGone() throws Exception {
        PendingStreams one = process(1);
        PendingStreams many = process(StreamSet.STREAMS_MAX);
        add(many, lists(2_000));
        assertThat(read(one)).containsExactly(0);

        assertThat(one.look().keys()).isEqualTo(2_000);

        assertThat(read(one)).hasSize(StreamSet.STREAMS_MAX);
        int ended = 0;
        for (PendingStream stream : one.read()) {
            ended += end(stream);
        }
        assertThat(ended).isEqualTo(2_000);
        one.removeForeign();
        one.look();
        assertThat(read(one)).containsExactly(0);
        assertThat(redis.server().keys("*")).containsExactly("logs:pending");
    }

    @Test
    void theBacklogCountsAllStreamsThatAreReadAndTheAgeOfTheOldestOfAll() throws Exception {
        PendingStreams three = process(3);
        long now = Long.parseLong(redis.server().time().getFirst()) * 1000;
        addAged(0, now - 10_000);
        addAged(1, now - 50_000);
        addAged(2, now - 20_000);

        assertThat(three.backlog().keys()).isEqualTo(3);
        assertThat(three.backlog().lag()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(54));

        PendingStreams two = process(2);
        assertThat(two.backlog().keys()).isEqualTo(2);
        assertThat(two.look().keys()).isEqualTo(3);
        assertThat(two.backlog().keys()).isEqualTo(3);
    }

    private static void addAged(int stream, long millis) {
        redis.server()
                .xadd(
                        RedisKeys.pending(stream),
                        new XAddArgs().id(millis + "-*"),
                        Map.of("key", "logs:user_a:1", "noticed_us", "5"));
    }

    @Test
    void aLookAtAMasterThatIsSilentEndsNothing() {
        StreamSet set = new StreamSet(2);
        set.looked(List.of(5, 6), List.of());
        set.looked(List.of(6), List.of(0, 5, 7));
        assertThat(set.read()).containsExactly(0, 1, 5, 6);

        set.looked(List.of(), List.of());
        assertThat(set.read()).containsExactly(0, 1);
    }

    @Test
    void aStreamThatEndedCountsNoMore() throws Exception {
        PendingStreams two = process(2);
        add(two, lists(20));
        assertThat(two.backlog().keys()).isEqualTo(20);

        redis.server().del(RedisKeys.pending(1));

        assertThat(two.backlog().keys()).isEqualTo(entries(0));
    }

    @Test
    void aStreamIsKeptAsLongAsItHasAnEntryTakenOrNot() throws Exception {
        PendingStreams one = process(1);
        addAged(1, 1);
        addAged(1, 2);
        one.look();
        PendingStream foreign = one.read().getLast();
        var taken = (PendingStream.Taken.Entries) foreign.take(Duration.ZERO, 1);

        one.removeForeign();
        assertThat(entries(1)).isEqualTo(2);
        assertThat(end(foreign)).isEqualTo(1);
        one.removeForeign();
        assertThat(entries(1)).isEqualTo(1);
        foreign.acknowledgeNow(taken.entries());
        one.removeForeign();

        assertThat(redis.server().exists(RedisKeys.pending(1))).isZero();
    }

    @Test
    void streamsOfTheSettingStayThoughTheyAreEmpty() throws Exception {
        PendingStreams two = process(2);
        two.ensureGroups();
        two.look();

        two.removeForeign();

        assertThat(redis.server().xinfoGroups(RedisKeys.pending(0))).hasSize(1);
        assertThat(redis.server().xinfoGroups(RedisKeys.pending(1))).hasSize(1);
    }

    @Test
    void aWriterThatWasAsleepMakesItsStreamAnewAndIsRead() throws Exception {
        PendingStreams one = process(1);
        PendingStreams asleep = process(4);
        add(asleep, lists(40));
        one.look();
        for (PendingStream stream : one.read()) {
            end(stream);
        }
        one.removeForeign();
        one.look();

        add(asleep, lists(40));

        assertThat(one.look().keys()).isEqualTo(40);
        int ended = 0;
        for (PendingStream stream : one.read()) {
            ended += end(stream);
        }
        assertThat(ended).isEqualTo(40);
    }

    @Test
    void whoStillReadsARemovedStreamDoesNotBringItBack() throws Exception {
        PendingStreams one = process(1);
        addAged(1, 1);
        one.look();
        PendingStream foreign = one.read().getLast();
        end(foreign);
        one.removeForeign();

        assertThat(foreign.take(Duration.ZERO, 8))
                .isInstanceOf(PendingStream.Taken.NothingDue.class);
        assertThat(foreign.reclaim(Duration.ZERO, 8)).isEmpty();
        foreign.retireConsumers(Duration.ZERO);

        assertThat(redis.server().exists(RedisKeys.pending(1))).isZero();
    }

    @Test
    void entriesOfOneIdInTwoStreamsHaveTwoNames() throws Exception {
        addAged(0, 7);
        addAged(1, 7);
        Set<String> ids = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (PendingStream stream : process(2).read()) {
            var taken = (PendingStream.Taken.Entries) stream.take(Duration.ZERO, 1);
            ids.add(taken.entries().getFirst().id());
            names.add(taken.entries().getFirst().name());
        }

        assertThat(ids).containsExactly("7-0");
        assertThat(names).containsExactlyInAnyOrder("7-0", "7-0@1");
    }
}
