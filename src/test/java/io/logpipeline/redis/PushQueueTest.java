package io.logpipeline.redis;

import static io.logpipeline.redis.Events.event;
import static io.logpipeline.redis.Events.events;
import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.logpipeline.event.LogEvent;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What requests may rely on while Redis answers. */
class PushQueueTest {
    private static final int BYTES_MAX = 1_000_000;
    private static final PushOutcome STORED = new PushOutcome.Stored();
    private static final PushOutcome DUPLICATE = new PushOutcome.Duplicate();

    private static ConnectedRedis redis;
    private static PushQueue queue;

    @BeforeAll
    static void open() {
        String url = TestRedis.emptyUrl();
        redis = ConnectedRedis.to(url);
        RedisLink link = RedisLink.open(url, "test-push", Duration.ofSeconds(5));
        queue =
                new PushQueue(
                        link,
                        new PendingStreams(redis.link(), "test", new StreamSet(1)),
                        Duration.ofSeconds(600),
                        BYTES_MAX,
                        Durability.MEMORY,
                        new Watchdog(System::nanoTime));
        // Not by a push: whether Redis knows the scripts is a test's to say.
        Await.until("the queue is connected", link::isConnected);
    }

    @AfterAll
    static void close() {
        queue.close();
        redis.close();
    }

    @BeforeEach
    void empty() throws Exception {
        redis.flushAll();
    }

    private static List<String> pending() {
        return redis.server().xrange(RedisKeys.PENDING, Range.unbounded()).stream()
                .map(entry -> entry.getBody().get("key"))
                .toList();
    }

    @Test
    void eventsOfOneRequestKeepTheirOrderInEachList() throws Exception {
        List<LogEvent> mixed = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            mixed.add(event(i % 3 == 0 ? "a" : "b", Integer.toString(i)));
        }

        assertThat(queue.push(mixed, null)).isEqualTo(STORED);

        assertThat(redis.list(key("a")))
                .isEqualTo(lines(IntStream.range(0, 300).filter(i -> i % 3 == 0)));
        assertThat(redis.list(key("b")))
                .isEqualTo(lines(IntStream.range(0, 300).filter(i -> i % 3 != 0)));
    }

    private static List<String> lines(IntStream numbers) {
        return numbers.mapToObj(Integer::toString).toList();
    }

    @Test
    void requestsForOneListAreJoinedAndEachProducersOrderIsKept() throws Exception {
        int producers = 32;
        int requests = 100;
        long callsBefore = scriptCalls();

        inParallel(
                producers,
                producer -> {
                    for (int i = 0; i < requests; i++) {
                        List<LogEvent> one = events("joined", producer + ":" + i);
                        assertThat(queue.push(one, null)).isEqualTo(STORED);
                    }
                });

        List<String> stored = redis.list(key("joined"));
        assertThat(stored).hasSize(producers * requests).doesNotHaveDuplicates();
        for (int producer = 0; producer < producers; producer++) {
            String prefix = producer + ":";
            assertThat(stored.stream().filter(line -> line.startsWith(prefix)))
                    .isEqualTo(IntStream.range(0, requests).mapToObj(i -> prefix + i).toList());
        }
        assertThat(scriptCalls() - callsBefore).isLessThan((long) producers * requests);
    }

    private static long scriptCalls() {
        return redis.server()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line ->
                        Long.parseLong(line.replaceAll("cmdstat_evalsha:calls=(\\d+),.*", "$1")))
                .sum();
    }

    private interface Producer {
        void run(int number) throws Exception;
    }

    private static void inParallel(int count, Producer producer) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                tasks.add(() -> {
                    producer.run(number);
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
    }

    @Test
    void aListThatBeginsIsMadeKnownOnce() throws Exception {
        queue.push(events("begins-a", "1", "2"), null);
        queue.push(events("begins-a", "3"), null);
        queue.push(events("begins-b", "1"), null);

        Await.untilAsserted(
                "both lists are known",
                () -> assertThat(pending()).containsOnlyOnce(key("begins-a"), key("begins-b")));
    }

    @Test
    void aListThatWasClaimedBeginsAnew() throws Exception {
        queue.push(events("a", "1"), null);
        redis.server().rename(key("a"), RedisKeys.batch(key("a")));
        queue.push(events("a", "2"), null);

        Await.untilAsserted(
                "it is known again",
                () -> assertThat(pending()).containsExactly(key("a"), key("a")));
    }

    @Test
    void aRepeatedRequestStoresNothingAgain() throws Exception {
        List<LogEvent> request = events("a", "1", "2");

        assertThat(queue.push(request, "key")).isEqualTo(STORED);
        assertThat(queue.push(request, "key")).isEqualTo(DUPLICATE);

        assertThat(redis.list(key("a"))).containsExactly("1", "2");
    }

    @Test
    void theSameRequestUnderAnotherKeyIsStoredAgain() throws Exception {
        queue.push(events("a", "1"), "key");

        assertThat(queue.push(events("a", "1"), "other")).isEqualTo(STORED);
        assertThat(redis.list(key("a"))).containsExactly("1", "1");
    }

    @Test
    void anIdempotencyKeyMayHoldAnyPrintableCharacter() throws Exception {
        String odd = "}:batch {*}\"'\\:";

        assertThat(queue.push(events("a", "1"), odd)).isEqualTo(STORED);
        assertThat(queue.push(events("a", "1"), odd)).isEqualTo(DUPLICATE);
        assertThat(redis.list(key("a"))).containsExactly("1");
    }

    @Test
    void aHalfStoredRequestIsCompletedByItsRepeat() throws Exception {
        List<LogEvent> request = List.of(event("a", "1"), event("b", "2"));
        redis.server().set(key("b"), "no list");

        assertThat(queue.push(request, "key"))
                .isInstanceOfSatisfying(
                        PushOutcome.Failed.class,
                        failed -> assertThat(failed.details()).contains("WRONGTYPE"));
        redis.server().del(key("b"));

        assertThat(queue.push(request, "key")).isEqualTo(STORED);
        assertThat(queue.push(request, "key")).isEqualTo(DUPLICATE);
        assertThat(redis.list(key("a"))).containsExactly("1");
        assertThat(redis.list(key("b"))).containsExactly("2");
    }

    @Test
    void concurrentRepeatsStoreOnce() throws Exception {
        List<LogEvent> request = events("a", "1");

        inParallel(16, number -> queue.push(request, "key"));

        assertThat(redis.list(key("a"))).containsExactly("1");
    }

    @Test
    void aRequestThatFindsNoRoomIsRefusedAtOnceAndLaterOnesGetThrough() throws Exception {
        String large = "x".repeat(BYTES_MAX / 4);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            redis.pauseWrites();
            List<Future<PushOutcome>> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                held.add(threads.submit(() -> queue.push(events("a", large), null)));
            }
            Await.until("three wait", () -> queue.unansweredEvents() == 3);

            assertThat(queue.push(events("a", large), null))
                    .isInstanceOf(PushOutcome.Overloaded.class);
            assertThat(queue.unansweredEvents()).isEqualTo(3);

            redis.unpauseWrites();
            for (Future<PushOutcome> each : held) {
                assertThat(each.get()).isEqualTo(STORED);
            }
        } finally {
            redis.unpauseWrites();
        }
        assertThat(queue.push(events("a", large), null)).isEqualTo(STORED);
        assertThat(redis.list(key("a"))).hasSize(4);
        assertThat(queue.unansweredEvents()).isZero();
    }

    @Test
    void scriptsThatRedisForgotAreSentAnew() throws Exception {
        queue.push(events("a", "1"), null);
        redis.server().scriptFlush();

        assertThat(queue.push(events("a", "2"), null)).isEqualTo(STORED);
        redis.server().scriptFlush();
        inParallel(
                16,
                number -> assertThat(queue.push(events("b", "" + number), null)).isEqualTo(STORED));

        assertThat(redis.list(key("a"))).containsExactly("1", "2");
        assertThat(redis.list(key("b"))).hasSize(16).doesNotHaveDuplicates();
    }

    @Test
    void whatWaitsWhenTheQueueClosesIsStored() throws Exception {
        PushQueue closing =
                new PushQueue(
                        RedisLink.open(TestRedis.emptyUrl(), "test-closing", Duration.ofSeconds(5)),
                        new PendingStreams(redis.link(), "test", new StreamSet(1)),
                        Duration.ofSeconds(600),
                        BYTES_MAX,
                        Durability.MEMORY,
                        new Watchdog(System::nanoTime));
        Await.until("it is connected", () -> closing.push(events("w", "0"), null).equals(STORED));
        redis.pauseWrites();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<PushOutcome> held = threads.submit(() -> closing.push(events("a", "1"), null));
            Await.until("one waits", () -> closing.unansweredEvents() == 1);
            Future<?> closed = threads.submit(closing::close);
            redis.unpauseWrites();
            assertThat(held.get()).isEqualTo(STORED);
            closed.get();
        } finally {
            redis.unpauseWrites();
        }
        assertThat(redis.list(key("a"))).containsExactly("1");
    }

    private static final int LISTS = 10_000;

    @Test
    void aRequestOfMoreListsThanMayBeUnansweredAtOnceIsStoredWhole() throws Exception {
        List<LogEvent> request = new ArrayList<>();
        for (int user = 0; user < LISTS; user++) {
            request.addAll(events("many-" + user, "1"));
        }

        long callsBefore = scriptCalls();
        assertThat(queue.push(request, null)).isEqualTo(STORED);
        assertThat(redis.server().dbsize()).isGreaterThanOrEqualTo(LISTS);
        assertThat(scriptCalls() - callsBefore).isLessThan(LISTS / 50);
    }

    @Test
    void requestsGatheredForOneListAreStoredInTheirOrderWithAndWithoutAKey() throws Exception {
        try {
            redis.pauseWrites();
            List<FutureTask<PushOutcome>> held = new ArrayList<>();
            // The first ones fill the window, so that the others travel in one call.
            for (int i = 0; i < 8; i++) {
                String line = String.valueOf(i);
                String key = i % 3 == 2 ? "key-" + i : null;
                held.add(new FutureTask<>(() -> queue.push(events("ordered", line), key)));
                Thread thread = Thread.ofVirtual().start(held.getLast());
                int waiting = i + 1;
                // It is counted before it is in the queue.
                Await.until(
                        "it waits for its answer",
                        () ->
                                queue.unansweredEvents() == waiting
                                        && thread.getState() != Thread.State.RUNNABLE);
            }
            redis.unpauseWrites();
            for (Future<PushOutcome> each : held) {
                assertThat(each.get()).isEqualTo(STORED);
            }
        } finally {
            redis.unpauseWrites();
        }
        assertThat(redis.list(key("ordered")))
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
    }

    @Test
    void aRequestForManyListsDoesNotHoldUpOnesThatComeAfterIt() throws Exception {
        List<LogEvent> large = new ArrayList<>();
        for (int user = 0; user < LISTS; user++) {
            large.addAll(events("many-" + user, "1"));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            redis.pauseWrites();
            Future<PushOutcome> first = threads.submit(() -> queue.push(large, null));
            Await.until("the large one waits", () -> queue.unansweredEvents() == LISTS);
            FutureTask<PushOutcome> second =
                    new FutureTask<>(() -> queue.push(events("s", "1"), null));
            Thread small = Thread.ofVirtual().start(second);
            // It is counted before it is in the queue.
            Await.until(
                    "the small one waits",
                    () ->
                            queue.unansweredEvents() == LISTS + 1
                                    && small.getState() != Thread.State.RUNNABLE);
            redis.unpauseWrites();
            assertThat(first.get()).isEqualTo(STORED);
            assertThat(second.get()).isEqualTo(STORED);
        } finally {
            redis.unpauseWrites();
        }
        Await.until("all are made known", () -> pending().size() == LISTS + 1);
        // What was under way already goes first: no more than may be unanswered at once, and a
        // turn.
        assertThat(pending().indexOf(key("s"))).isLessThan(LISTS / 2);
    }
}
