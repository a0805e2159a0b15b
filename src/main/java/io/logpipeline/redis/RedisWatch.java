package io.logpipeline.redis;

import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks at Redis every second: whether it answers, how much is pending, how full it is, and, each
 * time it comes back, whether it is fit for the pipeline. Says once when it went away and once when
 * it is back.
 */
public final class RedisWatch {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final RedisCalls calls;
    private final PendingStream pending;
    private final PipelineState state;
    private final MonotonicClock clock;
    private final Consumer<String> refused;
    private final MemoryWatermark memory;
    private final Durability durability;
    private final Heartbeat heartbeat;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private boolean everUp;
    private boolean up;
    private boolean toldDown;
    private long downSinceNanos;

    /**
     * @param refused told why the server is not fit for the pipeline, when the first one is not
     */
    public RedisWatch(
            RedisCalls calls,
            PendingStream pending,
            PipelineState state,
            Watchdog watchdog,
            MonotonicClock clock,
            Consumer<String> refused,
            MemoryWatermark memory,
            Durability durability) {
        this.calls = calls;
        this.pending = pending;
        this.state = state;
        this.clock = clock;
        this.refused = refused;
        this.memory = memory;
        this.durability = durability;
        this.heartbeat = watchdog.loop("redis-watch");
        this.downSinceNanos = clock.nanoTime();
        this.thread = Thread.ofPlatform().name("redis-watch").start(this::watchUntilClosed);
    }

    private void watchUntilClosed() {
        try {
            do {
                heartbeat.beat();
                look();
            } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            if (!up) {
                cameUp();
            }
            PendingStream.Backlog backlog = pending.backlog();
            state.pending(backlog.keys(), backlog.lag());
            memory.look(calls);
            state.redisUp(true);
            state.started();
        } catch (RedisFailure failure) {
            wentDown(failure);
        }
    }

    private void cameUp() throws RedisFailure, InterruptedException {
        // First: a server that is refused may be unable to do the rest.
        ServerCheck server = ServerCheck.of(calls);
        String refusal = server.refusal(durability).orElse(null);
        if (refusal != null) {
            LOG.log(System.Logger.Level.ERROR, refusal);
            if (!everUp) {
                refused.accept(refusal);
            }
        }
        pending.ensureGroup();
        String appendOnly =
                server.appendOnly()
                        ? "on"
                        : "off: events that are not drained yet are lost when Redis restarts";
        LOG.log(
                server.appendOnly() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                "{0} version={1} appendonly={2}{3}",
                everUp || toldDown ? "Redis is back" : "Connected to Redis",
                server.version(),
                appendOnly,
                everUp || toldDown ? " away=" + clock.since(downSinceNanos).toSeconds() + "s" : "");
        server.shortage(durability)
                .ifPresent(shortage -> LOG.log(System.Logger.Level.WARNING, shortage));
        everUp = true;
        up = true;
        toldDown = false;
    }

    private void wentDown(RedisFailure failure) {
        state.redisUp(false);
        state.redisProblem(failure.publicDetails());
        if (up) {
            downSinceNanos = clock.nanoTime();
        }
        up = false;
        // The first connection takes a moment; that is no news.
        boolean starting = !everUp && clock.since(downSinceNanos).compareTo(INTERVAL) < 0;
        if (!toldDown && !starting) {
            toldDown = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis does not answer; trying until it does reason={0}",
                    failure.getMessage());
        }
    }

    /** Ends the loop after what it does now. */
    public void stop() throws InterruptedException {
        closed.countDown();
        thread.join(calls.timeout());
        heartbeat.close();
    }
}
