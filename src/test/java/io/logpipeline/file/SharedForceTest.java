package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.testing.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One force for all that wait, never one that began too early for them. */
class SharedForceTest {
    private final AtomicInteger begun = new AtomicInteger();
    private final Semaphore ends = new Semaphore(0);
    private final LinkedBlockingQueue<IOException> failures = new LinkedBlockingQueue<>();
    private final SharedForce shared = new SharedForce(this::force);

    private void force() throws IOException {
        begun.incrementAndGet();
        ends.acquireUninterruptibly();
        @Nullable IOException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
    }

    /** A thread that waits for the force, and the thread itself. */
    private record Caller(Thread thread, CompletableFuture<Void> told) {}

    private Caller call() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                shared.await();
                                told.complete(null);
                            } catch (IOException failure) {
                                told.completeExceptionally(failure);
                            }
                        });
        return new Caller(thread, told);
    }

    private Caller callInMidst() {
        Caller first = call();
        Await.until("a force is under way", () -> begun.get() == 1);
        return first;
    }

    private List<Caller> gather(int count) {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Caller caller = call();
            Await.until("it waits", () -> caller.thread.getState() == Thread.State.WAITING);
            callers.add(caller);
        }
        return callers;
    }

    @Test
    void whoComesInTheMidstOfAForceIsToldByTheNextOne() throws Exception {
        Caller first = callInMidst();
        Caller second = gather(1).getFirst();
        assertThat(begun).hasValue(1);

        ends.release();
        first.told.get();
        Await.until("another force is under way", () -> begun.get() == 2 || second.told.isDone());
        assertThat(second.told).isNotDone();
        ends.release();
        second.told.get();
    }

    @Test
    void allThatGatherShareOneForce() throws Exception {
        Caller first = callInMidst();
        List<Caller> gathered = gather(5);

        ends.release(2);
        first.told.get();
        for (Caller each : gathered) {
            each.told.get();
        }
        assertThat(begun).hasValue(2);
    }

    @Test
    void afterAFailureNobodyIsToldOfSuccess() {
        Caller first = callInMidst();
        List<Caller> gathered = gather(3);

        failures.add(new IOException("I/O error"));
        ends.release(10);
        assertThatThrownBy(first.told::get).rootCause().hasMessage("I/O error");
        for (Caller each : gathered) {
            assertThatThrownBy(each.told::get)
                    .isInstanceOf(ExecutionException.class)
                    .rootCause()
                    .hasMessage("I/O error");
        }
        assertThatThrownBy(shared::await).rootCause().hasMessage("I/O error");
        assertThat(begun).hasValue(1);
    }

    @Test
    void aForceThatWasNotTriedIsTriedAgain() throws Exception {
        failures.add(new Disk.NotOpened(new IOException("no permission")));
        ends.release(2);
        assertThatThrownBy(shared::await).isInstanceOf(Disk.NotOpened.class);
        shared.await();
        assertThat(begun).hasValue(2);
    }
}
