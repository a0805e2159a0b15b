package io.logpipeline.rollback;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/** Clients that post one request after the other until they are stopped, whatever they are told. */
public final class Load implements AutoCloseable {
    private static final int CLIENTS = 8;

    /** A client that repeats ends only when its last request is stored. */
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(2);

    private final int port;
    private final AtomicInteger lives = new AtomicInteger();
    private final List<Client> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean kept = true;
    private volatile boolean stopped;

    /** Each client posts single events, once each. */
    public Load(Numbered numbered, int port) {
        this(numbered, port, Manner.SINGLE);
    }

    private Load(Numbered numbered, int port, Manner... manners) {
        this.port = port;
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(this, numbered, numbered.user(i), manners[i % manners.length]));
        }
        clients.forEach(client -> threads.add(Thread.ofVirtual().start(client)));
    }

    /**
     * Some post single events and some arrays; half of them with idempotency keys, again and again
     * until all is stored.
     */
    public static Load ofAllManners(Numbered numbered, int port) {
        return new Load(numbered, port, Manner.values());
    }

    /**
     * Whether the Redis of now will be remembered: a request that begins before it is, or ends when
     * it is no more, may be forgotten.
     */
    public void keeps(boolean remembered) {
        kept = remembered;
    }

    /**
     * Redis was lost, and what follows it may not have what was not acknowledged: a try of before
     * may be in a file all the same, though the next one stores its events anew.
     */
    public void mayBeForgotten() {
        lives.incrementAndGet();
    }

    boolean isKept() {
        return kept;
    }

    int lives() {
        return lives.get();
    }

    boolean isStopped() {
        return stopped;
    }

    int port() {
        return port;
    }

    /** Events whose answer was 200. */
    public int acknowledged() {
        return sum(Client::acknowledged);
    }

    /** Tries whose answer was another one, or never came. */
    public int refused() {
        return sum(Client::refused);
    }

    /** Tries that were not the first of their request. */
    public int repeats() {
        return sum(Client::repeats);
    }

    private int sum(ToIntFunction<Client> count) {
        return clients.stream().mapToInt(count).sum();
    }

    public void awaitAcknowledged(int more) {
        await(more, "acknowledged", Client::acknowledged);
    }

    public void awaitRefused(int more) {
        await(more, "refused", Client::refused);
    }

    public void awaitRepeats(int more) {
        await(more, "sent again", Client::repeats);
    }

    private void await(int more, String what, ToIntFunction<Client> count) {
        int enough = sum(count) + more;
        Await.until(more + " more are " + what, () -> sum(count) >= enough);
    }

    /** Of every client: whatever became of its last events, some come after them. */
    public void awaitEachAcknowledged() {
        List<Integer> before = clients.stream().map(Client::acknowledged).toList();
        Await.until(
                "each client is told that more is stored",
                () -> {
                    for (int i = 0; i < CLIENTS; i++) {
                        if (clients.get(i).acknowledged() == before.get(i)) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    @Override
    public String toString() {
        return "%d acknowledged, %d refused, %d sent again"
                .formatted(acknowledged(), refused(), repeats());
    }

    /** Each ends with the answer that it waits for. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            if (!thread.join(ENDS_WITHIN)) {
                throw new AssertionError("a client is still refused");
            }
        }
    }
}
