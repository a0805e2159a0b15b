package io.logpipeline.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Ends entries of the pending stream: those that gather while one call is unanswered go as the next
 * one (group commit).
 *
 * <p>Invariant: who waits for an entry's end learns what became of the call that carried it.
 */
final class Acknowledgements {
    /** Sends one call and waits for its reply. */
    @FunctionalInterface
    interface Call {
        void send(List<String> ids) throws RedisFailure, InterruptedException;
    }

    /** Lua hands them to one command, through its stack. */
    private static final int IDS_PER_CALL_MAX = 1000;

    private final Call call;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Group gathering;

    private record Group(List<String> ids, CompletableFuture<Void> answered) {}

    Acknowledgements(Call call) {
        this.call = call;
    }

    void await(String id) throws RedisFailure, InterruptedException {
        Group mine = new Group(new ArrayList<>(), new CompletableFuture<>());
        Group joined;
        synchronized (this) {
            if (gathering == null || gathering.ids.size() == IDS_PER_CALL_MAX) {
                gathering = mine;
            }
            joined = gathering;
            joined.ids.add(id);
        }
        if (joined == mine) {
            lead(mine);
        } else {
            follow(joined);
        }
    }

    private void lead(Group group) throws RedisFailure, InterruptedException {
        turn.lock();
        try {
            synchronized (this) {
                if (gathering == group) {
                    gathering = null;
                }
            }
            call.send(group.ids);
            group.answered.complete(null);
        } catch (Throwable failed) {
            group.answered.completeExceptionally(failed);
            throw failed;
        } finally {
            turn.unlock();
        }
    }

    private static void follow(Group group) throws RedisFailure, InterruptedException {
        try {
            var unused = group.answered.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error end) {
                throw end;
            }
            throw RedisFailure.of(failed);
        }
    }
}
