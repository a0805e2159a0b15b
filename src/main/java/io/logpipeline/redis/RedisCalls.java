package io.logpipeline.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Everything that is ever sent to Redis. The seam at which a test fails, delays or kills: each
 * effect has its {@link Script}'s name.
 *
 * <p>Each call is sent at most once. Its stage ends with a {@link RedisFailure} when it did not
 * succeed.
 */
public interface RedisCalls extends AutoCloseable {
    /** A page of a scan; the cursor {@code "0"} ends it. */
    record ScanPage(String cursor, List<String> keys) {}

    /**
     * Elements of a batch.
     *
     * @param batchId whose they are if it is still this one: in the ledger after they were read;
     *     empty where it had none
     */
    record BatchElements(List<byte[]> elements, String batchId) {}

    /**
     * Masters and their append-only files.
     *
     * @param begun how many write it anew now, for the first time since their start
     * @param failed how many could not, when they tried last
     */
    record AofRewrites(int begun, int failed) {
        static final AofRewrites NONE = new AofRewrites(0, 0);

        AofRewrites and(AofRewrites others) {
            return new AofRewrites(begun + others.begun, failed + others.failed);
        }
    }

    /**
     * Runs a script, and waits on the same connection until its effect is that durable. One that is
     * not so in time ends with {@link RedisFailure.Kind#UNCONFIRMED}: it has happened.
     */
    CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability);

    /** Runs a script. */
    default CompletionStage<Reply> run(Script script, List<String> keys, List<byte[]> arguments) {
        return run(script, keys, arguments, Durability.MEMORY);
    }

    /** Reads a list's batch, as plain commands: a script takes four times as long to read it. */
    CompletionStage<BatchElements> readBatch(String list, int elementsMax);

    /** Looks for keys by pattern, a page at a time, never blocking Redis for long. */
    CompletionStage<ScanPage> scan(String cursor, String pattern, int count);

    /** The {@code INFO} of each master; empty for one that does not answer, where another does. */
    CompletionStage<List<String>> info();

    /**
     * Has each master write its append-only file anew that has one, and has not done so since its
     * start.
     *
     * @param again also those of which the last try failed
     */
    CompletionStage<AofRewrites> rewriteAof(boolean again);

    /** How keys are spread. */
    default Topology topology() {
        return Topology.ONE_SERVER;
    }

    /** Gives the connection back. */
    @Override
    void close();

    /** How long a reply is awaited. */
    Duration timeout();

    /** Waits for a call. */
    default <T> T await(CompletionStage<T> call) throws RedisFailure, InterruptedException {
        try {
            // The call itself ends at the time-out; the margin is for a stuck event loop.
            return call.toCompletableFuture().get(2 * timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw RedisFailure.of(failed);
        } catch (TimeoutException late) {
            throw new RedisFailure(RedisFailure.Kind.TIMED_OUT, "no reply", late);
        }
    }
}
