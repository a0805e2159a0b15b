package io.logpipeline.page;

import io.logpipeline.redis.Durability;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.Figures;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.RecentFailures;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A process whose state, clock and Redis are set by hand; all is well with it at first. */
final class Process {
    static final String REPLICA = "secret-host-77-0a1b2c3d";

    final ManualClock clock = new ManualClock();
    final PipelineState state = new PipelineState("all", "1.2.3");
    final RecentFailures failures = new RecentFailures(clock::nanoTime);
    final Watchdog watchdog = new Watchdog(clock::nanoTime);
    final Redis redis = new Redis();
    final PendingStreams streams = new PendingStreams(redis, "page", new StreamSet(1));
    volatile Figures figures = new Figures(0, 0, 0, 0, false);

    Process() {
        state.started();
        state.redisUp(true);
        state.logDirProblem(null);
        state.logDirSpace(50, 100);
    }

    Subject subject() {
        return subject(true);
    }

    Subject subject(boolean drains) {
        return new Subject(
                state,
                () -> figures,
                failures,
                watchdog,
                clock,
                new Subject.Traits(
                        REPLICA,
                        true,
                        drains,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(600),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60)));
    }

    void advance(Duration duration) {
        clock.advance(duration);
    }

    /** Answers the one question there is; by default at once. */
    static final class Redis implements RedisCalls {
        volatile String sweeper = "";
        final AtomicInteger asked = new AtomicInteger();
        volatile CompletableFuture<Reply> answer =
                CompletableFuture.completedFuture(reply("REPLICAS", 0L, 0L, 0L));

        static Reply reply(Object... values) {
            List<Object> words = new ArrayList<>();
            for (Object value : values) {
                words.add(
                        value instanceof String text
                                ? text.getBytes(StandardCharsets.ISO_8859_1)
                                : value);
            }
            return new Reply(words);
        }

        @Override
        public CompletionStage<Reply> run(
                Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
            if (script == Script.HOLDER) {
                return CompletableFuture.completedFuture(reply("HOLDER", sweeper));
            }
            if (script != Script.REPLICAS) {
                throw new AssertionError("the page has no business with " + script);
            }
            asked.incrementAndGet();
            return answer;
        }

        @Override
        public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
            throw new AssertionError("nor with batches");
        }

        @Override
        public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
            throw new AssertionError("nor with scans");
        }

        @Override
        public CompletionStage<List<String>> info() {
            throw new AssertionError("nor with this");
        }

        @Override
        public CompletionStage<AofRewrites> rewriteAof(boolean again) {
            throw new AssertionError("nor with this");
        }

        @Override
        public void close() {}

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(1);
        }
    }
}
