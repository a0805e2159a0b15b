package io.logpipeline.operations;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.RawConnection;
import io.logpipeline.testing.RawConnection.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps its connection, as collectors do, and goes to another process only when it
 * was told that the connection ends, found it closed, or could not connect. A request that was sent
 * is never sent again, unless to see that its Idempotency-Key keeps it from being stored twice.
 */
final class RollingClient implements Runnable {
    private static final int USERS = 5;
    private static final int BATCH_EVENTS_MAX = 30;
    private static final int REPEAT_ONE_IN = 8;

    /** What all clients saw. */
    record Tally(AtomicInteger requests, AtomicInteger repeats, AtomicInteger refusals) {
        Tally() {
            this(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        }
    }

    private final Deployment apis;
    private final Numbered numbered;
    private final Tally tally;
    private final int number;
    private final SplittableRandom random;
    private final int[] sent = new int[USERS];
    private volatile boolean stopped;
    private int keys;
    private @Nullable RawConnection connection;

    RollingClient(Deployment apis, Numbered numbered, Tally tally, int number, long seed) {
        this.apis = apis;
        this.numbered = numbered;
        this.tally = tally;
        this.number = number;
        this.random = new SplittableRandom(seed + number);
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                request();
            }
            disconnect();
        } catch (IOException failure) {
            throw new AssertionError("client " + number + ": a request failed", failure);
        }
    }

    private void request() throws IOException {
        int user = random.nextInt(USERS);
        String name = numbered.user(number * USERS + user);
        boolean batch = random.nextBoolean();
        int count = batch ? 1 + random.nextInt(BATCH_EVENTS_MAX) : 1;
        List<Integer> sequences = IntStream.range(sent[user], sent[user] + count).boxed().toList();
        sent[user] += count;
        String events =
                sequences.stream()
                        .map(sequence -> Numbered.line(name, sequence))
                        .collect(Collectors.joining(","));
        String body = batch ? "[" + events + "]" : events;
        String expected = batch ? "{\"accepted\":" + count + "}" : "";
        boolean withKey = random.nextBoolean();
        String key = withKey ? "Idempotency-Key: " + number + "-" + keys++ + "\r\n" : "";
        send(key, body, expected);
        sequences.forEach(sequence -> numbered.acknowledged(name, sequence));
        tally.requests.incrementAndGet();
        if (withKey && random.nextInt(REPEAT_ONE_IN) == 0) {
            disconnect();
            send(key, body, expected);
            tally.repeats.incrementAndGet();
        }
    }

    private void send(String key, String body, String expected) throws IOException {
        RawConnection to = connected();
        to.send(
                "POST /log HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                        + key
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
        Optional<Answer> answer = to.read();
        if (answer.isEmpty()) {
            throw new IOException("no answer to a request that was sent");
        }
        if (answer.get().status() != 200 || !answer.get().body().equals(expected)) {
            throw new IOException(answer.get() + " in place of " + expected);
        }
        if (answer.get().closes()) {
            disconnect();
        }
    }

    /** Before anything is sent a connection that is closed or refused costs nothing but a try. */
    private RawConnection connected() throws IOException {
        RawConnection kept = connection;
        if (kept != null && !kept.isClosed()) {
            return kept;
        }
        disconnect();
        while (true) {
            try {
                RawConnection fresh = new RawConnection(apis.next().port());
                connection = fresh;
                return fresh;
            } catch (ConnectException refused) {
                tally.refusals.incrementAndGet();
            }
        }
    }

    private void disconnect() throws IOException {
        if (connection != null) {
            connection.close();
        }
        connection = null;
    }
}
