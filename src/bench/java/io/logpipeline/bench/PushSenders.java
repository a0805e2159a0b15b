package io.logpipeline.bench;

import io.logpipeline.event.LogEvent;
import io.logpipeline.event.UserDay;
import io.logpipeline.redis.Durability;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.PushOutcome;
import io.logpipeline.redis.PushQueue;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.Watchdog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Pushes events as the API does once it has parsed a request: through the same queue. */
final class PushSenders implements Senders, AutoCloseable {
    private static final Duration REDIS_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration KEY_EXPIRATION = Duration.ofMinutes(10);
    private static final int QUEUE_BYTES_MAX = 64 << 20;

    private final NumberedLines lines;
    private final List<UserDay> userDays;
    private final RedisLink pendingLink;
    private final PushQueue queue;

    PushSenders(String redisUrl, NumberedLines lines) throws InterruptedException, IOException {
        this.lines = lines;
        userDays =
                IntStream.range(0, lines.users())
                        .mapToObj(NumberedLines::userId)
                        .map(user -> UserDay.of(user, NumberedLines.TIMESTAMP))
                        .toList();
        pendingLink = RedisLink.open(redisUrl, "bench-pending", REDIS_TIMEOUT);
        RedisLink pushLink = RedisLink.open(redisUrl, "bench-push", REDIS_TIMEOUT);
        queue =
                new PushQueue(
                        pushLink,
                        new PendingStreams(pendingLink, "bench", new StreamSet(1)),
                        KEY_EXPIRATION,
                        QUEUE_BYTES_MAX,
                        Durability.MEMORY,
                        new Watchdog(System::nanoTime));
        if (!pushLink.awaitConnected(REDIS_TIMEOUT) || !pendingLink.awaitConnected(REDIS_TIMEOUT)) {
            throw new IOException("no connection to " + redisUrl);
        }
    }

    @Override
    public Sender open() {
        return new Sender() {
            @Override
            public void send(long from, int count) throws IOException, InterruptedException {
                List<LogEvent> events = new ArrayList<>(count);
                for (long number = from; number < from + count; number++) {
                    UserDay userDay = userDays.get(lines.user(number));
                    events.add(new LogEvent(userDay, lines.line(number)));
                }
                PushOutcome outcome = queue.push(events, null);
                if (!(outcome instanceof PushOutcome.Stored)) {
                    throw new IOException("a push ended as " + outcome);
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {
        queue.close();
        pendingLink.close();
    }
}
