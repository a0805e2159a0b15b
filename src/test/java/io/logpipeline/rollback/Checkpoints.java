package io.logpipeline.rollback;

import io.logpipeline.redis.Durability;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingCalls;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** The real Redis; a drainer's worker is held before or after a script, until it may go on. */
final class Checkpoints extends ForwardingCalls {
    /** Before a script is sent, or when it has run. */
    enum Moment {
        BEFORE,
        AFTER
    }

    /** Holds the worker that comes here first. */
    static final class Checkpoint {
        private final Script script;
        private final Moment moment;
        private final String list;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Checkpoint(Script script, Moment moment, String list) {
            this.script = script;
            this.moment = moment;
            this.list = list;
        }

        void awaitReached() {
            Await.until(moment + " " + script + " of " + list, () -> reached.getCount() == 0);
        }

        void release() {
            released.countDown();
        }
    }

    private final List<Checkpoint> ahead = new CopyOnWriteArrayList<>();
    private final List<Checkpoint> all = new CopyOnWriteArrayList<>();
    private volatile boolean cutOff;

    Checkpoints(RedisCalls calls) {
        super(calls);
    }

    Checkpoint holdAt(Script script, Moment moment, String list) {
        Checkpoint checkpoint = new Checkpoint(script, moment, list);
        all.add(checkpoint);
        ahead.add(checkpoint);
        return checkpoint;
    }

    /** Lets those go on that are held now; the checkpoints that nobody has come to stay. */
    void releaseHeld() {
        all.stream().filter(each -> each.reached.getCount() == 0).forEach(Checkpoint::release);
    }

    /** From here on nobody is held. */
    void releaseAll() {
        ahead.clear();
        all.forEach(Checkpoint::release);
    }

    /** As after a kill: nothing more reaches Redis, nor comes back from it. */
    void cutOff() {
        cutOff = true;
        releaseAll();
    }

    private void pass(Script script, Moment moment, List<String> keys) {
        for (Checkpoint each : ahead) {
            if (each.script == script
                    && each.moment == moment
                    && keys.getFirst().equals(each.list)
                    && ahead.remove(each)) {
                each.reached.countDown();
                try {
                    each.released.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** Holds the caller's thread, so that no time-out of a reply runs meanwhile. */
    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        pass(script, Moment.BEFORE, keys);
        if (cutOff) {
            return lost();
        }
        CompletionStage<Reply> reply = super.run(script, keys, arguments, durability);
        if (ahead.stream().anyMatch(each -> each.moment == Moment.AFTER)) {
            try {
                reply.toCompletableFuture().join();
            } catch (CompletionException failed) {
                return reply;
            }
            pass(script, Moment.AFTER, keys);
        }
        return cutOff ? lost() : reply;
    }

    private static <T> CompletionStage<T> lost() {
        return CompletableFuture.failedStage(
                new RedisFailure(RedisFailure.Kind.UNAVAILABLE, "cut off"));
    }

    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        return cutOff ? lost() : super.readBatch(list, elementsMax);
    }

    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        return cutOff ? lost() : super.scan(cursor, pattern, count);
    }
}
