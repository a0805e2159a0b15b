package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static io.logpipeline.redis.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.event.LogEvent;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the queue sends and when, over calls whose replies the test holds in its hands. */
class PushSenderTest {
    private static final PushOutcome STORED = new PushOutcome.Stored();
    private static final PushOutcome UNAVAILABLE =
            new PushOutcome.Failed("Redis is not reachable", Duration.ofSeconds(1));
    private static final int WINDOW = 2;

    private final AtomicLong nowNanos = new AtomicLong();
    private final Watchdog watchdog = new Watchdog(nowNanos::get);

    private PushQueue queue(PushedCalls calls) {
        return new PushQueue(
                calls,
                new PendingStreams(calls, "test", new StreamSet(1)),
                Duration.ofSeconds(600),
                1_000_000,
                Durability.MEMORY,
                watchdog);
    }

    private static CompletableFuture<PushOutcome> pushing(PushQueue queue, String event) {
        return pushing(queue, events("a", event), null);
    }

    /** Returns once it waits or is sent. */
    private static CompletableFuture<PushOutcome> pushing(
            PushQueue queue, List<LogEvent> events, @Nullable String key) {
        int before = queue.unansweredEvents();
        CompletableFuture<PushOutcome> outcome = new CompletableFuture<>();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                outcome.complete(queue.push(events, key));
                            } catch (InterruptedException stopped) {
                                outcome.completeExceptionally(stopped);
                            }
                        });
        Await.until(
                "it waits, or has ended",
                () ->
                        outcome.isDone()
                                || queue.unansweredEvents() == before + events.size()
                                        && thread.getState() == Thread.State.WAITING);
        return outcome;
    }

    private static PushOutcome ended(CompletableFuture<PushOutcome> outcome) {
        Await.until("it has ended", outcome::isDone);
        return outcome.join();
    }

    /** As many as may be unanswered. */
    private static List<CompletableFuture<PushOutcome>> fillWindow(PushQueue queue) {
        List<CompletableFuture<PushOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < WINDOW; i++) {
            outcomes.add(pushing(queue, "first-" + i));
        }
        return outcomes;
    }

    private static List<LogEvent> manyLists(int count) {
        List<LogEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.addAll(events("user-" + i, "large"));
        }
        return events;
    }

    @Test
    void onlySoManyCallsAreUnansweredAndWhatComesMeanwhileGoesWithTheNext() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        List<CompletableFuture<PushOutcome>> outcomes = fillWindow(queue);
        for (int i = 0; i < 10; i++) {
            outcomes.add(pushing(queue, events("user-" + i, "later"), null));
        }
        assertThat(calls.sent).hasSize(WINDOW);

        calls.sent.getFirst().reply().complete(PushedCalls.STORED_REPLY);

        assertThat(calls.sent).hasSize(WINDOW + 1);
        assertThat(calls.sent.getLast().keys()).hasSize(1 + 10);
        calls.answerAll();
        for (CompletableFuture<PushOutcome> outcome : outcomes) {
            assertThat(outcome.get()).isEqualTo(STORED);
        }
        queue.close();
    }

    @Test
    void aRequestThatWaitedLongerThanTheTimeOutFailsAndIsNeverSent() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        fillWindow(queue);
        CompletableFuture<PushOutcome> late = pushing(queue, "late");
        // From now on: what fills the window is not to be late on a slow machine.
        calls.timeout = Duration.ofMillis(1);
        long cameNanos = System.nanoTime();
        Await.until("it is late", () -> System.nanoTime() - cameNanos > 20_000_000);

        calls.answerAll();

        assertThat(late.get())
                .isEqualTo(
                        new PushOutcome.Failed(
                                "Redis did not answer in time", Duration.ofSeconds(1)));
        assertThat(calls.sent).noneMatch(sent -> sent.has("late"));
        assertThat(queue.unansweredEvents()).isZero();
        queue.close();
    }

    @Test
    void aFaultWhileRequestsAreSentFailsTheseAndNoOthers() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        List<CompletableFuture<PushOutcome>> first = fillWindow(queue);
        CompletableFuture<PushOutcome> poison = pushing(queue, "poison");
        CompletableFuture<PushOutcome> sameCall = pushing(queue, events("b", "1"), null);

        calls.answerAll();

        assertThat(ended(poison)).isEqualTo(UNAVAILABLE);
        assertThat(ended(sameCall)).isEqualTo(UNAVAILABLE);
        for (CompletableFuture<PushOutcome> outcome : first) {
            assertThat(outcome.get()).isEqualTo(STORED);
        }
        assertThat(ended(pushing(queue, "1"))).isEqualTo(STORED);
        assertThat(queue.unansweredEvents()).isZero();
        queue.close();
    }

    @Test
    void faultsTakeNoRoomInTheWindow() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        calls.answersAtOnce = true;
        PushQueue queue = queue(calls);
        for (int i = 0; i < 2 * WINDOW; i++) {
            assertThat(ended(pushing(queue, "poison"))).isEqualTo(UNAVAILABLE);
        }

        assertThat(ended(pushing(queue, "1"))).isEqualTo(STORED);
        assertThat(watchdog.stalled(Duration.ofNanos(-1))).isEmpty();
        queue.close();
    }

    @Test
    void whoAsksToSendWhileOthersDoIsHeard() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        // The reply asks to send what waits, in the midst of sending.
        calls.answersAtOnce = true;
        PushQueue queue = queue(calls);

        assertThat(ended(pushing(queue, "1"))).isEqualTo(STORED);
        assertThat(ended(pushing(queue, "2"))).isEqualTo(STORED);
        queue.close();
    }

    @Test
    void aReplyThatSaysNothingOfAPartFailsItsRequests() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        CompletableFuture<PushOutcome> outcome = pushing(queue, "1");

        calls.sent.getFirst().reply().complete(PushedCalls.reply(0));

        assertThat(ended(outcome)).isEqualTo(UNAVAILABLE);
        assertThat(queue.unansweredEvents()).isZero();
        queue.close();
    }

    @Test
    void whatGathersForAListIsSentInTheOrderItCameWithAKeyOrWithout() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        fillWindow(queue);
        pushing(queue, events("b", "1"), null);
        pushing(queue, events("b", "2", "3"), null);
        pushing(queue, events("b", "4", "5"), "key");
        pushing(queue, events("b", "6"), null);
        pushing(queue, events("c", "7"), null);
        CompletableFuture<PushOutcome> last = pushing(queue, events("b", "8"), null);

        calls.answerAll();

        assertThat(last.get()).isEqualTo(STORED);
        PushedCalls.Sent sent = calls.sent.getLast();
        assertThat(sent.words())
                .containsExactly(
                        "3", "1", "2", "3", // The first part.
                        "-2", "4", "5", // With a key, and therefore of its own.
                        "2", "6", "8", // What came behind it.
                        "1", "7");
        assertThat(sent.keys())
                .containsExactly(
                        RedisKeys.STORE,
                        key("b"),
                        key("b"),
                        RedisKeys.onceMarker(key("b"), "key"),
                        key("b"),
                        key("c"));
        queue.close();
    }

    @Test
    void aRequestOfManyListsTakesTurnsWithThoseBehindIt() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        fillWindow(queue);
        CompletableFuture<PushOutcome> large =
                pushing(queue, manyLists(10 * PushedCalls.PARTS_MAX), null);
        CompletableFuture<PushOutcome> small = pushing(queue, events("small", "small"), null);

        calls.sent.get(0).reply().complete(PushedCalls.STORED_REPLY);
        calls.sent.get(1).reply().complete(PushedCalls.STORED_REPLY);

        assertThat(calls.sent).hasSize(2 * WINDOW);
        assertThat(calls.sent.get(WINDOW).keys()).hasSize(1 + PushedCalls.PARTS_MAX);
        assertThat(calls.sent.get(WINDOW + 1).has("small")).isTrue();
        calls.answerAll();
        assertThat(small.get()).isEqualTo(STORED);
        assertThat(large.get()).isEqualTo(STORED);
        assertThat(calls.sent).hasSize(WINDOW + 11);
        queue.close();
    }

    @Test
    void largeEventsFillACallBeforeItsPartsDo() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue =
                new PushQueue(
                        calls,
                        new PendingStreams(calls, "test", new StreamSet(1)),
                        Duration.ofSeconds(600),
                        100_000_000,
                        Durability.MEMORY,
                        watchdog);
        fillWindow(queue);
        String large = "x".repeat(600_000);
        for (String user : List.of("a", "b", "c")) {
            pushing(queue, events(user, large), null);
        }

        calls.sent.getFirst().reply().complete(PushedCalls.STORED_REPLY);

        assertThat(calls.sent.getLast().keys())
                .containsExactly(RedisKeys.STORE, key("a"), key("b"));
        calls.answerAll();
        queue.close();
    }

    @Test
    void aCallThatNeverEndsIsSeenByTheWatchdog() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        CompletableFuture<PushOutcome> outcome = pushing(queue, "1");
        nowNanos.set(Duration.ofMinutes(2).toNanos());

        assertThat(watchdog.stalled(Duration.ofMinutes(1)))
                .hasValueSatisfying(text -> assertThat(text).startsWith("push-call "));

        calls.answerAll();
        assertThat(outcome.get()).isEqualTo(STORED);
        assertThat(watchdog.stalled(Duration.ofMinutes(1))).isEmpty();
        queue.close();
    }

    @Test
    void theConnectionStaysUntilWhatWasSentIsAnswered() throws Exception {
        PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        CompletableFuture<PushOutcome> outcome = pushing(queue, "1");
        Thread closing = Thread.ofPlatform().start(queue::close);
        Await.until(
                "it waits, or does not",
                () -> closing.getState() == Thread.State.TIMED_WAITING || !closing.isAlive());

        assertThat(calls.closed).isFalse();
        calls.answerAll();
        closing.join();

        assertThat(outcome.get()).isEqualTo(STORED);
        assertThat(calls.closed).isTrue();
    }
}
