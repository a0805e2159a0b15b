package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.TestRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one call of {@code push.lua} does. */
class PushScriptTest {
    private static final String LIST = "logs:user_a:1";
    private static final String STORE = "logs:store";
    private static final String MARKER = "{logs:user_a:1}:once:k";

    private static ConnectedRedis redis;

    @BeforeAll
    static void connect() {
        redis = ConnectedRedis.to(TestRedis.emptyUrl());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.server().flushall();
    }

    private static Reply push(List<String> keys, List<String> lines) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of("600", "store-1"));
        arguments.addAll(lines);
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
        push(List.of(LIST, STORE), List.of("1"));
        push(List.of("logs:user_b:1", STORE), List.of("1"));

        assertThat(redis.server().get(STORE)).isEqualTo("store-1");
    }

    @Test
    void aStoreKeepsItsIdWhicheverProcessPushes() throws Exception {
        redis.server().set(STORE, "store-0");

        push(List.of(LIST, STORE), List.of("1"));

        assertThat(redis.server().get(STORE)).isEqualTo("store-0");
    }

    @Test
    void anIdempotencyKeyThatComesWithOtherEventsStoresNothing() throws Exception {
        push(List.of(LIST, STORE, MARKER), List.of("1"));

        Reply reply = push(List.of(LIST, STORE, MARKER), List.of("2"));

        assertThat(reply.word()).isEqualTo("OTHER_EVENTS");
        assertThat(redis.list(LIST)).containsExactly("1");
    }

    @Test
    void eventsAreAppendedInOrderAndTheLengthIsAnswered() throws Exception {
        push(List.of(LIST, STORE), List.of("1", "2"));
        Reply reply = push(List.of(LIST, STORE), List.of("3"));

        assertThat(reply.word()).isEqualTo("STORED");
        assertThat(reply.number(1)).isEqualTo(3);
        assertThat(redis.list(LIST)).containsExactly("1", "2", "3");
    }

    @Test
    void theServersTimeIsAnsweredInMicroseconds() throws Exception {
        long before = serverMicros();
        long answered = push(List.of(LIST, STORE), List.of("1")).number(2);

        assertThat(answered).isBetween(before, serverMicros());
    }

    private static long serverMicros() {
        List<String> time = redis.server().time();
        return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
    }

    @Test
    void everyPushStartsTheListsLifeAnew() throws Exception {
        push(List.of(LIST, STORE), List.of("1"));
        redis.server().expire(LIST, 10);
        push(List.of(LIST, STORE), List.of("2"));

        assertThat(redis.server().ttl(LIST)).isBetween(599L, 600L);
    }

    @Test
    void aMarkedPushIsStoredOnce() throws Exception {
        assertThat(push(List.of(LIST, STORE, MARKER), List.of("1")).word()).isEqualTo("STORED");
        assertThat(push(List.of(LIST, STORE, MARKER), List.of("1")).word()).isEqualTo("DUPLICATE");

        assertThat(redis.list(LIST)).containsExactly("1");
        assertThat(redis.server().ttl(MARKER)).isBetween(599L, 600L);
    }

    @Test
    void aDuplicateLeavesTheListsLifeAlone() throws Exception {
        push(List.of(LIST, STORE, MARKER), List.of("1"));
        redis.server().expire(LIST, 10);
        push(List.of(LIST, STORE, MARKER), List.of("1"));

        assertThat(redis.server().ttl(LIST)).isLessThanOrEqualTo(10);
    }

    @Test
    void aKeyOfAnotherTypeIsRefusedAndNothingIsMarked() {
        redis.server().set(LIST, "text");

        assertThatThrownBy(() -> push(List.of(LIST, STORE, MARKER), List.of("1")))
                .isInstanceOfSatisfying(
                        RedisFailure.class,
                        failure -> {
                            assertThat(failure.kind()).isEqualTo(RedisFailure.Kind.REFUSED);
                            assertThat(failure.publicDetails())
                                    .isEqualTo("Redis refused the write: WRONGTYPE");
                        });
        assertThat(redis.server().get(LIST)).isEqualTo("text");
        assertThat(redis.server().exists(MARKER)).isZero();
    }

    @Test
    void tensOfThousandsOfEventsTravelInOneCall() throws Exception {
        List<String> lines = IntStream.range(0, 25_001).mapToObj(Integer::toString).toList();

        Reply reply = push(List.of(LIST, STORE), lines);

        assertThat(reply.number(1)).isEqualTo(25_001);
        assertThat(redis.list(LIST)).isEqualTo(lines);
    }
}
