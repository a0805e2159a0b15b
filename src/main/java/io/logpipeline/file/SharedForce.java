package io.logpipeline.file;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One force for all threads that wait for it: while one is under way the others gather, and the
 * next one is for all of them (group commit).
 *
 * <p>Invariants: a caller is told of success only by a force that began after its call. One force
 * at a time: Linux reports an error once a descriptor, and a second force at the same moment could
 * take the report away from the first. Nobody is told of success after one has failed.
 */
final class SharedForce {
    /** What is forced. */
    @FunctionalInterface
    interface Effect {
        /**
         * @throws Disk.NotOpened when it was not tried; any other exception is a failed force
         */
        void force() throws IOException;
    }

    private final Effect effect;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable CompletableFuture<Void> gathering;
    private @Nullable IOException failure;

    SharedForce(Effect effect) {
        this.effect = effect;
    }

    /** Returns once everything that the caller has done before is durable. */
    void await() throws IOException {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> forced;
        synchronized (this) {
            if (gathering == null) {
                gathering = mine;
            }
            forced = gathering;
        }
        if (forced == mine) {
            lead(forced);
        } else {
            follow(forced);
        }
    }

    private void lead(CompletableFuture<Void> forced) throws IOException {
        turn.lock();
        try {
            // Whoever comes from here on may have written after the force began.
            synchronized (this) {
                gathering = null;
            }
            if (failure != null) {
                throw new IOException("an earlier force failed", failure);
            }
            force();
            forced.complete(null);
        } catch (Throwable failed) {
            forced.completeExceptionally(failed);
            throw failed;
        } finally {
            turn.unlock();
        }
    }

    private void force() throws IOException {
        try {
            effect.force();
        } catch (Disk.NotOpened notTried) {
            throw notTried;
        } catch (IOException failed) {
            failure = failed;
            throw failed;
        }
    }

    private static void follow(CompletableFuture<Void> forced) throws IOException {
        try {
            var unused = forced.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case Disk.NotOpened notTried -> throw notTried;
                case Error end -> throw end;
                case null, default -> throw new IOException("the shared force failed", failed);
            }
        }
    }
}
