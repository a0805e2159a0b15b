package io.logpipeline.redis;

import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.event.LogEvent;
import io.logpipeline.redis.LockstepProxy.Cut;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A batch for very many lists is several script calls. The connection is cut at each of them,
 * before it, before its reply and after its reply; the retry with the same idempotency key
 * completes the batch, and doubles nothing.
 */
class HalfDoneBatchTest {
    private static final int CALLS = 3;
    private static final int LISTS_PER_CALL = 256;
    private static final List<String> USERS =
            IntStream.range(0, CALLS * LISTS_PER_CALL).mapToObj(i -> "u" + i).toList();
    private static final PushOutcome STORED = new PushOutcome.Stored();
    private static final PushOutcome DUPLICATE = new PushOutcome.Duplicate();

    private RedisProcess process;
    private ConnectedRedis redis;
    private LockstepProxy proxy;
    private PushQueue queue;

    @BeforeEach
    void open() throws Exception {
        process = RedisProcess.start();
        redis = ConnectedRedis.to(process.url());
        proxy = new LockstepProxy(process.port());
        queue =
                new PushQueue(
                        RedisLink.open(proxy.url(), "test-push", Duration.ofSeconds(30)),
                        new PendingStreams(redis.link(), "test", new StreamSet(1)),
                        Duration.ofSeconds(600),
                        1_000_000,
                        Durability.MEMORY,
                        new Watchdog(System::nanoTime));
        awaitConnected();
    }

    @AfterEach
    void close() throws Exception {
        queue.close();
        proxy.close();
        redis.close();
        process.close();
    }

    /** The script is known, so that each call of what follows is one EVALSHA. */
    private void awaitConnected() {
        Await.until(
                "the queue is connected",
                () -> queue.push(Events.events("other", "0"), null).equals(STORED));
    }

    /** Two events for each user, in turns. */
    private static List<LogEvent> batch() {
        List<LogEvent> events = new ArrayList<>();
        for (String event : List.of("1", "2")) {
            USERS.forEach(user -> events.addAll(Events.events(user, event)));
        }
        return events;
    }

    private static Stream<Arguments> cuts() {
        return Stream.of(Cut.values())
                .flatMap(cut ->
                        IntStream.range(0, CALLS).mapToObj(script -> Arguments.of(cut, script)));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void theRetryCompletesTheBatchAndDoublesNothing(Cut cut, int script) throws Exception {
        proxy.cutAt(cut, script);
        PushOutcome first = queue.push(batch(), "key");

        int executed = script + (cut == Cut.BEFORE_COMMAND ? 0 : 1);
        assertThat(proxy.scripts()).isEqualTo(executed);
        boolean answered = cut == Cut.AFTER_REPLY && script == CALLS - 1;
        assertThat(first).isInstanceOf(answered ? STORED.getClass() : PushOutcome.Failed.class);
        // Which lists, is not said: of two calls that are unanswered either may be the first.
        Map<List<String>, Integer> found = new HashMap<>();
        USERS.forEach(user -> found.merge(redis.list(key(user)), 1, Integer::sum));
        assertThat(found.getOrDefault(List.of("1", "2"), 0)).isEqualTo(executed * LISTS_PER_CALL);
        assertThat(found.getOrDefault(List.of(), 0)).isEqualTo((CALLS - executed) * LISTS_PER_CALL);
        awaitConnected();

        PushOutcome retry = queue.push(batch(), "key");

        assertThat(retry).isEqualTo(executed < CALLS ? STORED : DUPLICATE);
        assertAllOnce();
        assertThat(queue.push(batch(), "key")).isEqualTo(DUPLICATE);
        assertAllOnce();
    }

    private void assertAllOnce() {
        USERS.forEach(user -> assertThat(redis.list(key(user))).containsExactly("1", "2"));
    }

    @Test
    void theRetryMayBeCutTooAndTheNextOneCompletesIt() throws Exception {
        proxy.cutAt(Cut.BEFORE_REPLY, 0);
        queue.push(batch(), "key");
        awaitConnected();
        proxy.cutAt(Cut.BEFORE_REPLY, 1);
        queue.push(batch(), "key");
        awaitConnected();

        assertThat(queue.push(batch(), "key")).isEqualTo(STORED);
        assertAllOnce();
    }

    /** The marker is set by the script that pushes, in the slot of the list. */
    @Test
    void theMarkerLiesInTheSlotOfItsListAndLivesAsLongAsIt() throws Exception {
        queue.push(batch(), "key");
        for (String user : USERS) {
            String list = key(user);
            String marker = RedisKeys.onceMarker(list, "key");
            assertThat(SlotHash.getSlot(marker)).isEqualTo(SlotHash.getSlot(list));
            assertThat(redis.server().ttl(marker))
                    .isBetween(1L, 600L)
                    .isGreaterThanOrEqualTo(redis.server().ttl(list));
        }
    }

    /** What was drained in between is not pushed again by a late retry. */
    @Test
    void aRetryAfterTheListsWereDrainedStoresNothingAgain() throws Exception {
        proxy.cutAt(Cut.BEFORE_REPLY, 2);
        queue.push(batch(), "key");
        awaitConnected();
        USERS.forEach(user -> redis.server().del(key(user)));

        assertThat(queue.push(batch(), "key")).isEqualTo(DUPLICATE);
        USERS.forEach(user -> assertThat(redis.list(key(user))).isEmpty());
    }
}
