package io.logpipeline.drain;

import io.logpipeline.redis.Durability;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.ForwardingCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Loses calls, or their replies, or holds them back, by the name of their script. */
final class FaultyCalls extends ForwardingCalls {
    private enum Fault {
        CALL_LOST,
        REPLY_LOST
    }

    private record Step(Runnable what, int nth) {}

    /** See claim.lua. */
    private static final int CLAIM_BYTES_MAX = 5;

    /** See commit.lua. */
    private static final int COMMIT_NEXT_BATCH_ID = 7;

    private final AtomicInteger commitsToGoOn = new AtomicInteger();
    private final List<Integer> bytesAskedFor = new CopyOnWriteArrayList<>();
    private final Map<Script, Step> steps = new EnumMap<>(Script.class);
    private final Map<Script, Integer> faultsLeft = new EnumMap<>(Script.class);
    private final Map<Script, Fault> faults = new EnumMap<>(Script.class);
    private final Map<String, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();
    private volatile Duration patience;
    private volatile Runnable beforeRead = () -> {};
    private int scans;
    private int lostScans = Integer.MAX_VALUE;

    FaultyCalls(RedisCalls calls) {
        super(calls);
    }

    /** The next calls of a script never reach Redis. */
    synchronized void loseCalls(Script script, int count) {
        faults.put(script, Fault.CALL_LOST);
        faultsLeft.put(script, count);
    }

    /** The next calls of a script are executed and nobody hears of it. */
    synchronized void loseReplies(Script script, int count) {
        faults.put(script, Fault.REPLY_LOST);
        faultsLeft.put(script, count);
    }

    /** Of the pages of all scans, each n-th never comes. */
    synchronized void losePageOf(int n) {
        lostScans = n;
    }

    synchronized int faultsLeft(Script script) {
        return faultsLeft.getOrDefault(script, 0);
    }

    /** Calls of a script wait until the answer is completed. */
    CompletableFuture<Void> hold(Script script) {
        return hold(script, "");
    }

    /** The same of calls about one key. */
    CompletableFuture<Void> hold(Script script, String key) {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        gates.put(script + key, gate);
        return gate;
    }

    /** New calls of a script go through again; those that wait go on waiting. */
    void open(Script script) {
        gates.remove(script.name());
    }

    /** How long replies are awaited. */
    void patience(Duration timeout) {
        patience = timeout;
    }

    /** Something happens just before the nth call of a script from now on. */
    synchronized void before(Script script, Runnable step, int nth) {
        steps.put(script, new Step(step, nth));
    }

    private void step(Script script) {
        Step next;
        synchronized (this) {
            next = steps.remove(script);
            if (next == null) {
                return;
            }
            if (next.nth > 1) {
                steps.put(script, new Step(next.what, next.nth - 1));
                return;
            }
        }
        next.what.run();
    }

    /** Something happens just before each batch is read from now on. */
    void beforeBatchesAreRead(Runnable step) {
        beforeRead = step;
    }

    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        beforeRead.run();
        return super.readBatch(list, elementsMax);
    }

    private synchronized Fault next(Script script) {
        int left = faultsLeft(script);
        if (left == 0) {
            return null;
        }
        faultsLeft.put(script, left - 1);
        return faults.get(script);
    }

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        step(script);
        if (script == Script.CLAIM) {
            String text = new String(arguments.get(CLAIM_BYTES_MAX), StandardCharsets.US_ASCII);
            bytesAskedFor.add(Integer.valueOf(text));
        }
        if (script == Script.COMMIT && arguments.size() > COMMIT_NEXT_BATCH_ID) {
            commitsToGoOn.incrementAndGet();
        }
        Fault fault = next(script);
        if (fault == Fault.CALL_LOST) {
            return lost();
        }
        CompletableFuture<Void> ofAll =
                gates.getOrDefault(script.name(), CompletableFuture.completedFuture(null));
        CompletionStage<Void> gate = gates.getOrDefault(script + keys.getFirst(), ofAll);
        CompletionStage<Reply> reply =
                gate.thenCompose(open -> super.run(script, keys, arguments, durability));
        return fault == null ? reply : reply.thenCompose(swallowed -> lost());
    }

    /** How many commits were to claim what was read ahead. */
    int commitsToGoOn() {
        return commitsToGoOn.get();
    }

    /** About how many bytes each claim asked for. */
    List<Integer> bytesAskedFor() {
        return List.copyOf(bytesAskedFor);
    }

    private static <T> CompletionStage<T> lost() {
        return CompletableFuture.failedStage(
                new RedisFailure(RedisFailure.Kind.UNAVAILABLE, "lost on purpose"));
    }

    @Override
    public synchronized CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        return ++scans % lostScans == 0 ? lost() : super.scan(cursor, pattern, count);
    }

    @Override
    public Duration timeout() {
        return patience == null ? super.timeout() : patience;
    }
}
