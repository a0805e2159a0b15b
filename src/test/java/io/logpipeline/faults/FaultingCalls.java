package io.logpipeline.faults;

import io.logpipeline.faults.FaultPlan.Moment;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The real Redis with a fault before a script is sent, or when its reply has come. */
public final class FaultingCalls implements RedisCalls {
    private final RedisCalls calls;
    private final FaultPlan plan;

    public FaultingCalls(RedisCalls calls, FaultPlan plan) {
        this.calls = calls;
        this.plan = plan;
    }

    @Override
    public CompletionStage<Reply> run(Script script, List<String> keys, List<byte[]> arguments) {
        if (plan.strikes(script.name(), Moment.BEFORE)) {
            return lost();
        }
        return calls.run(script, keys, arguments)
                .thenCompose(reply ->
                        plan.strikes(script.name(), Moment.AFTER)
                                ? lost()
                                : CompletableFuture.completedStage(reply));
    }

    private static CompletionStage<Reply> lost() {
        return CompletableFuture.failedStage(
                new RedisFailure(RedisFailure.Kind.UNAVAILABLE, "the connection was cut"));
    }

    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        return calls.scan(cursor, pattern, count);
    }

    @Override
    public CompletionStage<String> info() {
        return calls.info();
    }

    @Override
    public void flush() {
        calls.flush();
    }

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public Duration timeout() {
        return calls.timeout();
    }
}
