package io.logpipeline.rollback;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Clients that post one event after the other until they are stopped, whatever they are told. */
public final class Load implements AutoCloseable {
    private static final int CLIENTS = 8;
    private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofMillis(5);

    private final Numbered numbered;
    private final int port;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean kept = true;
    private volatile boolean stopped;

    /** Each client is a user of its own, so that its events are sent in order. */
    public Load(Numbered numbered, int port) {
        this.numbered = numbered;
        this.port = port;
        for (int i = 0; i < CLIENTS; i++) {
            String user = numbered.user(i);
            clients.add(Thread.ofVirtual().start(() -> post(user)));
        }
    }

    private void post(String user) {
        int sequence = 0;
        while (!stopped) {
            try (HttpProducer http = new HttpProducer(port)) {
                while (!stopped) {
                    post(http, user, sequence++);
                }
            } catch (IOException lost) {
                // The event is noted: whether it was stored nobody knows.
                refused.incrementAndGet();
            }
        }
    }

    private void post(HttpProducer http, String user, int sequence) throws IOException {
        byte[] body = Numbered.line(user, sequence).getBytes(StandardCharsets.UTF_8);
        boolean keptBefore = kept;
        int status = 0;
        try {
            status = http.post("application/json", body);
        } finally {
            if (status == 200 && keptBefore && kept) {
                numbered.acknowledged(user, sequence);
            } else {
                numbered.unsettled(user, sequence);
            }
            (status == 200 ? acknowledged : refused).incrementAndGet();
        }
        if (status != 200) {
            LockSupport.parkNanos(PAUSE_AFTER_REFUSAL.toNanos());
        }
    }

    /**
     * Whether the Redis of now will be remembered: a request that begins before it is, or ends when
     * it is no more, may be forgotten.
     */
    public void keeps(boolean remembered) {
        kept = remembered;
    }

    public int acknowledged() {
        return acknowledged.get();
    }

    public int refused() {
        return refused.get();
    }

    public void awaitAcknowledged(int more) {
        int enough = acknowledged.get() + more;
        Await.until(more + " more are acknowledged", () -> acknowledged.get() >= enough);
    }

    public void awaitRefused(int more) {
        int enough = refused.get() + more;
        Await.until(more + " more are refused", () -> refused.get() >= enough);
    }

    /** Each ends with the answer that it waits for. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread client : clients) {
            client.join();
        }
    }
}
