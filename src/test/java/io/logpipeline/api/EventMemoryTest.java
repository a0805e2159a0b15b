package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Bodies of many events take turns. */
class EventMemoryTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String SHORT = "{\"user_id\":\"1\",\"event\":\"a\",\"timestamp\":0}";
    private static final byte[] MANY = bytes((SHORT + "\n").repeat(10_000));
    private static final byte[] ONE_LONG = bytes(withText("x".repeat(400_000)));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String withText(String text) {
        return SHORT.replace("\"a\"", "\"" + text + "\"");
    }

    private static Optional<EventMemory.Turn> take(EventMemory memory, byte[] body)
            throws InterruptedException {
        return memory.await(body, body.length);
    }

    @Test
    void manyShortEventsTakeTheirTurn() throws Exception {
        EventMemory memory = new EventMemory(8_000_000, Duration.ZERO);

        assertThat(take(memory, MANY)).isPresent();
        assertThat(take(memory, MANY)).isEmpty();
        assertThat(take(memory, bytes(SHORT + " ".repeat(MANY.length)))).isPresent();
    }

    @Test
    void aLongEventTakesMoreThanShortOnesOfTheSameLength() throws Exception {
        String members = ",\"abc\":1".repeat(50_000);
        for (String longOne :
                List.of(
                        withText("x".repeat(400_000)),
                        withText("x{".repeat(200_000)),
                        withText("\\\"x}".repeat(100_000)),
                        SHORT.replace("}", members + "}"),
                        SHORT.replace("}", members))) {
            EventMemory memory = new EventMemory(6_000_000, Duration.ZERO);

            assertThat(take(memory, bytes(longOne))).isPresent();
            assertThat(take(memory, bytes(longOne))).isEmpty();
            assertThat(take(memory, bytes((withText("x".repeat(2_000)) + "\n").repeat(200))))
                    .isPresent();
        }
    }

    @Test
    void aBodyLargerThanAllTheMemoryHasItForItself() throws Exception {
        EventMemory memory = new EventMemory(100_000, Duration.ZERO);

        EventMemory.Turn turn = take(memory, MANY).orElseThrow();
        assertThat(take(memory, ONE_LONG)).isEmpty();
        turn.close();
        assertThat(take(memory, ONE_LONG)).isPresent();
    }

    @Test
    void aSingleEventNeverWaits() throws Exception {
        EventMemory memory = new EventMemory(100_000, Duration.ZERO);
        assertThat(take(memory, MANY)).isPresent();

        assertThat(take(memory, bytes(SHORT))).isPresent();
        assertThat(take(memory, bytes(withText("x".repeat(900))))).isPresent();
    }

    @Test
    void smallArraysAreCounted() throws Exception {
        byte[] array = bytes("[" + (SHORT + ",").repeat(389) + SHORT + "]");
        EventMemory memory = new EventMemory(1_000_000, Duration.ZERO);

        int taken = 0;
        while (take(memory, array).isPresent()) {
            taken++;
        }
        assertThat(taken).isEqualTo(4);
    }

    @Test
    void whoWaitsGoesOnWhenTheTurnBeforeEnds() throws Exception {
        EventMemory memory = new EventMemory(100_000, LONG);
        EventMemory.Turn turn = take(memory, MANY).orElseThrow();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Thread[] waiting = new Thread[1];
            Future<Optional<EventMemory.Turn>> next =
                    threads.submit(() -> {
                        waiting[0] = Thread.currentThread();
                        return take(memory, MANY);
                    });
            Await.until(
                    "it waits",
                    () ->
                            waiting[0] != null
                                    && waiting[0].getState() == Thread.State.TIMED_WAITING);
            turn.close();
            assertThat(next.get()).isPresent();
        }
    }
}
