package io.logpipeline.rollback;

import io.logpipeline.event.LogEvent;
import io.logpipeline.event.UserDay;
import io.logpipeline.redis.Durability;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.PushOutcome;
import io.logpipeline.redis.PushQueue;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One API process' way to Redis, and a client that knows what it was answered. */
final class Producer implements AutoCloseable {
    private static final int DAY = 19_818;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** So long that a list of a recorded life does not expire while the record is played. */
    private static final Duration EXPIRATION = Duration.ofHours(24);

    private final RedisLink link;
    private final RedisLink pushing;
    private final PushQueue queue;

    Producer(String url) {
        link = RedisLink.open(url, "test-pending", TIMEOUT);
        pushing = RedisLink.open(url, "test-push", TIMEOUT);
        queue =
                new PushQueue(
                        pushing,
                        new PendingStreams(link, "producer", new StreamSet(1)),
                        EXPIRATION,
                        1_000_000,
                        Durability.MEMORY,
                        new Watchdog(System::nanoTime));
        awaitConnected();
    }

    void awaitConnected() {
        Await.until("the producer is connected", () -> answers(link) && answers(pushing));
    }

    private static boolean answers(RedisLink each) throws Exception {
        return !each.info().toCompletableFuture().get(1, TimeUnit.SECONDS).isEmpty();
    }

    /** One request, as a careful client sends it: with its key until the answer comes. */
    void store(String user, int first, int last) {
        List<LogEvent> request = events(user, first, last);
        Await.until(
                "the events from " + first + " of " + user + " are stored",
                () ->
                        switch (queue.push(request, user + "-" + first + "-" + last)) {
                            case PushOutcome.Stored stored -> true;
                            case PushOutcome.Duplicate duplicate -> true;
                            case PushOutcome.KeyReused reused -> throw new AssertionError(reused);
                            case PushOutcome.Failed failed -> false;
                            case PushOutcome.Overloaded overloaded -> false;
                        });
    }

    /** One request without a key, sent once, to a Redis that is there. */
    void storeWithoutKey(String user, int first, int last) throws InterruptedException {
        PushOutcome outcome = queue.push(events(user, first, last), null);
        if (!outcome.equals(new PushOutcome.Stored())) {
            throw new AssertionError(outcome);
        }
    }

    private static List<LogEvent> events(String user, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(sequence ->
                        new LogEvent(
                                new UserDay(user, DAY),
                                Numbered.line(user, sequence).getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Override
    public void close() {
        queue.close();
        link.close();
    }
}
