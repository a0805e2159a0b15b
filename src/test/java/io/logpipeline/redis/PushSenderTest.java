package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.event.LogEvent;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the queue's one sender does, over calls that the test holds in its hands. */
class PushSenderTest {
    private static final PushOutcome STORED = new PushOutcome.Stored();
    private static final int PARTS_MAX = 256;

    /** Of no list that begins; for as many parts as a call may have. */
    private static final Reply STORED_REPLY = reply();

    private static Reply reply() {
        List<Object> values = new ArrayList<>(List.of("PUSHED".getBytes(UTF_8), 0L));
        values.addAll(Collections.nCopies(PARTS_MAX, 9L));
        return new Reply(values);
    }

    /** By the event: a push of "stuck" holds the sender, "poison" fails it, others are answered. */
    private static final class Calls implements RedisCalls {
        private final Duration timeout;
        private final List<String> sent = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> gate = new CompletableFuture<>();
        private volatile CompletionStage<Reply> reply =
                CompletableFuture.completedStage(STORED_REPLY);
        private final List<Integer> sentAtFlush = new CopyOnWriteArrayList<>();
        private volatile boolean closed;

        Calls(Duration timeout) {
            this.timeout = timeout;
        }

        @Override
        public CompletionStage<Reply> run(
                Script script, List<String> keys, List<byte[]> arguments) {
            String event =
                    arguments.stream()
                            .skip(3)
                            .map(each -> new String(each, UTF_8))
                            .collect(Collectors.joining(" "));
            sent.add(event);
            if (event.equals("stuck")) {
                gate.join();
            }
            if (event.equals("poison")) {
                throw new IllegalStateException("on purpose");
            }
            return reply;
        }

        @Override
        public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
            throw new AssertionError("a push does not scan");
        }

        @Override
        public CompletionStage<String> info() {
            throw new AssertionError("a push does not ask");
        }

        @Override
        public void flush() {
            sentAtFlush.add(sent.size());
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public Duration timeout() {
            return timeout;
        }
    }

    private static PushQueue queue(Calls calls) {
        return new PushQueue(
                calls,
                new PendingStream(calls, "test"),
                Duration.ofSeconds(600),
                1_000_000,
                new Watchdog(System::nanoTime));
    }

    private static CompletableFuture<PushOutcome> pushing(PushQueue queue, String event) {
        return pushing(queue, events("a", event), null);
    }

    private static CompletableFuture<PushOutcome> pushing(
            PushQueue queue, List<LogEvent> events, @Nullable String key) {
        CompletableFuture<PushOutcome> outcome = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        outcome.complete(queue.push(events, key));
                    } catch (InterruptedException stopped) {
                        outcome.completeExceptionally(stopped);
                    }
                });
        return outcome;
    }

    @Test
    void aRequestThatWasToldOfItsFailureIsNotSentLater() throws Exception {
        Calls calls = new Calls(Duration.ofMillis(50));
        PushQueue queue = queue(calls);
        CompletableFuture<PushOutcome> first = pushing(queue, "stuck");
        Await.until("the sender is held", () -> calls.sent.contains("stuck"));

        assertThat(queue.push(events("a", "late"), null)).isInstanceOf(PushOutcome.Failed.class);
        calls.gate.complete(null);
        Await.until("nothing waits", () -> queue.unansweredEvents() == 0);

        assertThat(calls.sent).containsExactly("stuck");
        assertThat(first.get()).isNotNull();
        queue.close();
    }

    @Test
    void aFaultWhileRequestsAreSentFailsTheseAndNoOthers() throws Exception {
        PushQueue queue = queue(new Calls(Duration.ofSeconds(10)));

        assertThat(queue.push(events("a", "poison"), null))
                .isEqualTo(new PushOutcome.Failed("Redis is not reachable", Duration.ofSeconds(1)));
        assertThat(queue.push(events("a", "1"), null)).isEqualTo(STORED);
        assertThat(queue.unansweredEvents()).isZero();
        queue.close();
    }

    @Test
    void whatGathersForAListIsSentInTheOrderItCameWithAKeyOrWithout() throws Exception {
        Calls calls = new Calls(Duration.ofSeconds(60));
        PushQueue queue = queue(calls);
        pushing(queue, "stuck");
        Await.until("the sender is held", () -> calls.sent.contains("stuck"));
        List<CompletableFuture<PushOutcome>> outcomes = new ArrayList<>();
        outcomes.add(pushing(queue, events("b", "1"), null));
        Await.until("one waits", () -> queue.unansweredEvents() == 2);
        outcomes.add(pushing(queue, events("b", "2"), "key"));
        Await.until("two wait", () -> queue.unansweredEvents() == 3);

        calls.gate.complete(null);
        Await.untilAsserted(
                "all are sent in order",
                () -> assertThat(calls.sent).containsExactly("stuck", "1 -1 2"));
        for (CompletableFuture<PushOutcome> outcome : outcomes) {
            assertThat(outcome.get()).isEqualTo(STORED);
        }
        queue.close();
    }

    @Test
    void onlySoManyCallsAreUnansweredAtOnce() throws Exception {
        Calls calls = new Calls(Duration.ofSeconds(60));
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        calls.reply = reply;
        PushQueue queue = queue(calls);
        List<LogEvent> manyLists = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            manyLists.addAll(events("user-" + i, "1"));
        }

        CompletableFuture<PushOutcome> outcome = pushing(queue, manyLists, null);
        // The second time it is flushed for want of room.
        Await.until(
                "it goes no further",
                () -> calls.sentAtFlush.stream().filter(sent -> sent == 2).count() == 2);

        assertThat(calls.sent).hasSize(2);
        reply.complete(STORED_REPLY);
        assertThat(outcome.get()).isEqualTo(STORED);
        assertThat(calls.sent).hasSize(5000 / PARTS_MAX + 1);
        queue.close();
    }

    @Test
    void theConnectionStaysUntilWhatWasSentIsAnswered() throws Exception {
        Calls calls = new Calls(Duration.ofSeconds(60));
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        calls.reply = reply;
        PushQueue queue = queue(calls);
        CompletableFuture<PushOutcome> outcome = pushing(queue, "1");
        Await.until("it is sent", () -> !calls.sent.isEmpty());
        Thread closing = Thread.ofPlatform().start(queue::close);
        Await.until(
                "it waits, or does not",
                () -> closing.getState() == Thread.State.TIMED_WAITING || !closing.isAlive());

        assertThat(calls.closed).isFalse();
        reply.complete(STORED_REPLY);
        closing.join();

        assertThat(outcome.get()).isEqualTo(STORED);
        assertThat(calls.closed).isTrue();
    }
}
