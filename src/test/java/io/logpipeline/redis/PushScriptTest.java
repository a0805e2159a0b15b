package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.SharedRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one call of {@code push.lua} does. */
class PushScriptTest {
    private static final String LIST = "logs:user_a:1";
    private static final String OTHER = "logs:user_b:1";
    private static final String STORE = "logs:store";
    private static final String MARKER = "{logs:user_a:1}:once:k";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    private static Reply push(List<String> keys, List<String> lines) throws Exception {
        boolean marked = keys.contains(MARKER);
        List<Object> arguments = new ArrayList<>(List.of("600", "store-1"));
        arguments.add(marked ? -lines.size() : lines.size());
        arguments.addAll(lines);
        return run(keys, arguments);
    }

    private static Reply run(List<String> keys, List<Object> arguments) throws Exception {
        return redis.link()
                .await(
                        redis.link()
                                .run(
                                        Script.PUSH,
                                        keys,
                                        PendingStream.arguments(arguments.toArray())));
    }

    @Test
    void theStoreHasAnIdFromItsFirstEventOn() throws Exception {
        push(List.of(STORE, LIST), List.of("1"));
        push(List.of(STORE, OTHER), List.of("1"));

        assertThat(redis.server().get(STORE)).isEqualTo("store-1");
    }

    @Test
    void aStoreKeepsItsIdWhicheverProcessPushes() throws Exception {
        redis.server().set(STORE, "store-0");

        push(List.of(STORE, LIST), List.of("1"));

        assertThat(redis.server().get(STORE)).isEqualTo("store-0");
    }

    @Test
    void anIdempotencyKeyThatComesWithOtherEventsStoresNothing() throws Exception {
        push(List.of(STORE, LIST, MARKER), List.of("1"));

        Reply reply = push(List.of(STORE, LIST, MARKER), List.of("2"));

        assertThat(reply.text(2)).isEqualTo("OTHER_EVENTS");
        assertThat(redis.list(LIST)).containsExactly("1");
    }

    @Test
    void eventsAreAppendedInOrderAndTheLengthIsAnswered() throws Exception {
        push(List.of(STORE, LIST), List.of("1", "2"));
        Reply reply = push(List.of(STORE, LIST), List.of("3"));

        assertThat(reply.word()).isEqualTo("PUSHED");
        assertThat(reply.number(2)).isEqualTo(3);
        assertThat(redis.list(LIST)).containsExactly("1", "2", "3");
    }

    @Test
    void theServersTimeIsAnsweredInMicroseconds() throws Exception {
        long before = serverMicros();
        long answered = push(List.of(STORE, LIST), List.of("1")).number(1);

        assertThat(answered).isBetween(before, serverMicros());
    }

    private static long serverMicros() {
        List<String> time = redis.server().time();
        return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
    }

    @Test
    void everyPushStartsTheListsLifeAnew() throws Exception {
        push(List.of(STORE, LIST), List.of("1"));
        redis.server().expire(LIST, 10);
        push(List.of(STORE, LIST), List.of("2"));

        assertThat(redis.server().ttl(LIST)).isBetween(599L, 600L);
    }

    @Test
    void aMarkedPushIsStoredOnce() throws Exception {
        assertThat(push(List.of(STORE, LIST, MARKER), List.of("1")).number(2)).isEqualTo(1);
        assertThat(push(List.of(STORE, LIST, MARKER), List.of("1")).text(2)).isEqualTo("DUPLICATE");

        assertThat(redis.list(LIST)).containsExactly("1");
        assertThat(redis.server().ttl(MARKER)).isBetween(599L, 600L);
    }

    @Test
    void aDuplicateLeavesTheListsLifeAlone() throws Exception {
        push(List.of(STORE, LIST, MARKER), List.of("1"));
        redis.server().expire(LIST, 10);
        push(List.of(STORE, LIST, MARKER), List.of("1"));

        assertThat(redis.server().ttl(LIST)).isLessThanOrEqualTo(10);
    }

    @Test
    void aKeyOfAnotherTypeIsRefusedAndNothingIsMarked() throws Exception {
        redis.server().set(LIST, "text");

        Reply reply = push(List.of(STORE, LIST, MARKER), List.of("1"));

        assertThat(reply.text(2)).startsWith("WRONGTYPE ");
        assertThat(redis.server().get(LIST)).isEqualTo("text");
        assertThat(redis.server().exists(MARKER)).isZero();
    }

    @Test
    void aPartThatIsRefusedHoldsUpNoOther() throws Exception {
        redis.server().set(LIST, "text");

        Reply reply =
                run(
                        List.of(STORE, OTHER, LIST, OTHER),
                        List.of("600", "store-1", 2, "1", "2", 1, "lost", 1, "3"));

        assertThat(reply.number(2)).isEqualTo(2);
        assertThat(reply.text(3)).startsWith("WRONGTYPE ");
        assertThat(reply.number(4)).isEqualTo(3);
        assertThat(redis.list(OTHER)).containsExactly("1", "2", "3");
    }

    @Test
    void aMarkerOfAnotherTypeRefusesItsPartAndNoOther() throws Exception {
        redis.server().rpush(MARKER, "odd");

        Reply reply =
                run(
                        List.of(STORE, LIST, MARKER, OTHER),
                        List.of("600", "store-1", -1, "1", 1, "2"));

        assertThat(reply.text(2)).startsWith("WRONGTYPE ");
        assertThat(reply.number(3)).isEqualTo(1);
        assertThat(redis.list(LIST)).isEmpty();
    }

    @Test
    void markedPartsAndOthersTravelTogetherEachWithItsOwnAnswer() throws Exception {
        push(List.of(STORE, LIST, MARKER), List.of("1"));

        Reply reply =
                run(
                        List.of(STORE, LIST, LIST, MARKER, OTHER, "once", LIST),
                        List.of("600", "store-1", 1, "2", -1, "1", -2, "3", "4", 1, "5"));

        assertThat(reply.size()).isEqualTo(6);
        assertThat(reply.number(2)).isEqualTo(2);
        assertThat(reply.text(3)).isEqualTo("DUPLICATE");
        assertThat(reply.number(4)).isEqualTo(2);
        assertThat(reply.number(5)).isEqualTo(3);
        assertThat(redis.list(LIST)).containsExactly("1", "2", "5");
        assertThat(redis.list(OTHER)).containsExactly("3", "4");
        assertThat(redis.server().ttl("once")).isBetween(599L, 600L);
    }

    @Test
    void tensOfThousandsOfEventsTravelInOneCall() throws Exception {
        List<String> lines = IntStream.range(0, 25_001).mapToObj(Integer::toString).toList();

        Reply reply = push(List.of(STORE, LIST), lines);

        assertThat(reply.number(2)).isEqualTo(25_001);
        assertThat(redis.list(LIST)).isEqualTo(lines);
    }
}
