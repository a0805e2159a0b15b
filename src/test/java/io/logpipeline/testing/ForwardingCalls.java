package io.logpipeline.testing;

import io.logpipeline.redis.Durability;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.Topology;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Passes every call on; a test overrides those that it has something to do with. */
public class ForwardingCalls implements RedisCalls {
    private final RedisCalls calls;

    /**
     * @param calls where they go
     */
    protected ForwardingCalls(RedisCalls calls) {
        this.calls = calls;
    }

    /** Just before a script is run. */
    protected void before(Script script) {}

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        before(script);
        return calls.run(script, keys, arguments, durability);
    }

    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        return calls.readBatch(list, elementsMax);
    }

    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        return calls.scan(cursor, pattern, count);
    }

    @Override
    public CompletionStage<List<String>> info() {
        return calls.info();
    }

    @Override
    public CompletionStage<AofRewrites> rewriteAof(boolean again) {
        return calls.rewriteAof(again);
    }

    @Override
    public Topology topology() {
        return calls.topology();
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
