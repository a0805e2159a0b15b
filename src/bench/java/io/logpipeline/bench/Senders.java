package io.logpipeline.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that give numbered events to a pipeline. */
interface Senders {
    /** What one thread calls. */
    interface Sender extends AutoCloseable {
        /** Sends the events from a number on. One that is refused is an exception. */
        void send(long from, int count) throws IOException, InterruptedException;

        @Override
        void close() throws IOException, InterruptedException;
    }

    /** How many threads send, where a load asks for some. */
    default int threads(int asked) {
        return asked;
    }

    /** A sender for one thread; to be closed when all it sent must be acknowledged. */
    Sender open() throws IOException;

    /**
     * Sends a load, numbered from {@code first} on without a gap.
     *
     * @return how many were sent, all of them acknowledged
     */
    default long send(long first, DeliveryLoad load) throws IOException, InterruptedException {
        int count = threads(load.senders());
        AtomicLong next = new AtomicLong();
        long deadlineNanos = System.nanoTime() + load.time().toNanos();
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            for (int i = 0; i < count; i++) {
                running.add(
                        threads.submit(() -> {
                            try (Sender sender = open()) {
                                do {
                                    long offset = next.getAndAdd(load.eventsPerCall());
                                    if (offset >= load.eventsMax()) {
                                        break;
                                    }
                                    sender.send(
                                            first + offset,
                                            (int)
                                                    Math.min(
                                                            load.eventsPerCall(),
                                                            load.eventsMax() - offset));
                                } while (System.nanoTime() - deadlineNanos < 0);
                            }
                            return null;
                        }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException failure) {
            throw new IOException("events were not acknowledged", failure.getCause());
        }
        return Math.min(next.get(), load.eventsMax());
    }
}
