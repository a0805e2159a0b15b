package io.logpipeline.operations;

import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Posts small batches to one process, some of them invalid, until it is closed. */
final class Load implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int EVENTS = 20;
    private static final int USERS = 40;

    private final int port;
    private final String prefix;
    private final Thread thread;
    private volatile boolean closed;

    Load(int port, String prefix) {
        this.port = port;
        this.prefix = prefix;
        this.thread = Thread.ofPlatform().name("load-" + prefix).start(this::postUntilClosed);
    }

    private void postUntilClosed() {
        int round = 0;
        while (!closed) {
            try (HttpProducer producer = new HttpProducer(port)) {
                while (!closed) {
                    producer.post("application/x-ndjson", body(round++));
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } catch (IOException refused) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private byte[] body(int round) {
        if (round % 25 == 24) {
            return "{\"user_id\":".getBytes(StandardCharsets.UTF_8);
        }
        String user = prefix + round % USERS;
        return IntStream.range(0, EVENTS)
                .mapToObj(i -> Numbered.line(user, round * EVENTS + i))
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
