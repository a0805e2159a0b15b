package io.logpipeline.redis;

import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks at Redis every second: whether it answers, how much is pending and in which streams, how
 * full it is, whether its append-only file is whole, and, each time it comes back, whether it is
 * fit for the pipeline. Says once when it went away and once when it is back.
 */
public final class RedisWatch {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Sentinels may be silent one after the other, and names take a while to be looked up. */
    private static final Duration FIRST_TRY_MAX = Duration.ofSeconds(15);

    /**
     * One look of so many also asks for streams of other settings: too many names for every second,
     * and a change of setting can wait for seconds.
     */
    private static final int LOOKS_AT_ALL_STREAMS = 5;

    private final RedisCalls calls;
    private final PendingStreams pending;
    private final PipelineState state;
    private final MonotonicClock clock;
    private final Consumer<String> refused;
    private final MemoryWatermark memory;
    private final AofRewriter rewriter;
    private final Durability durability;
    private final Heartbeat heartbeat;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private boolean everUp;
    private boolean up;
    private boolean toldDown;
    private int toldAway;
    private int looks;
    private long downSinceNanos;

    /**
     * @param refused told why the server is not fit for the pipeline, when the first one is not
     */
    public RedisWatch(
            RedisCalls calls,
            PendingStreams pending,
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
        this.rewriter = new AofRewriter(calls, clock);
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
            PendingStreams.Backlog backlog =
                    looks++ % LOOKS_AT_ALL_STREAMS == 0 ? pending.look() : pending.backlog();
            state.pending(backlog.keys(), backlog.lag());
            // Not before: what Redis refuses while it loads, it does not refuse this user. Each
            // time: it may have started between two looks.
            rewriter.look();
            memory.look(calls);
            tellAway(mastersAway());
            isUp();
        } catch (RedisFailure failure) {
            lookAtWhatIsLeft(failure);
        }
    }

    private void isUp() {
        state.redisUp(true);
        state.started();
    }

    /** A cluster of which some masters answer still takes the events of their users. */
    private void lookAtWhatIsLeft(RedisFailure failure) throws InterruptedException {
        try {
            int away = mastersAway();
            if (up && away > 0) {
                tellAway(away);
                isUp();
                return;
            }
        } catch (RedisFailure allAway) {
            // Told of as the first failure.
        }
        wentDown(failure);
    }

    private int mastersAway() throws RedisFailure, InterruptedException {
        return calls.topology() == Topology.ONE_SERVER
                ? 0
                : (int) calls.await(calls.info()).stream().filter(String::isEmpty).count();
    }

    private void tellAway(int away) {
        if (away != toldAway) {
            LOG.log(
                    away > 0 ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                    away > 0
                            ? "Masters of the cluster do not answer; the events of their users are"
                                    + " refused until they are back or replaced masters={0}"
                            : "Every master of the cluster answers again",
                    away);
            toldAway = away;
        }
    }

    private void cameUp() throws RedisFailure, InterruptedException {
        // First: a server that is refused may be unable to do the rest.
        List<ServerCheck> servers = ServerCheck.ofEach(calls);
        String refusal =
                servers.stream()
                        .flatMap(each -> each.refusal(calls.topology(), durability).stream())
                        .findFirst()
                        .orElse(null);
        if (refusal != null) {
            LOG.log(System.Logger.Level.ERROR, refusal);
            if (!everUp) {
                refused.accept(refusal);
            }
        }
        pending.ensureGroups();
        boolean isAppendOnly = servers.stream().allMatch(ServerCheck::appendOnly);
        String appendOnly =
                isAppendOnly
                        ? "on"
                        : "off: events that are not drained yet are lost when Redis restarts";
        LOG.log(
                isAppendOnly ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                "{0} version={1}{2} appendonly={3}{4}",
                everUp || toldDown ? "Redis is back" : "Connected to Redis",
                servers.getFirst().version(),
                calls.topology() == Topology.CLUSTER ? " masters=" + servers.size() : "",
                appendOnly,
                everUp || toldDown ? " away=" + clock.since(downSinceNanos).toSeconds() + "s" : "");
        servers.stream()
                .flatMap(each -> each.shortage(durability).stream())
                .findFirst()
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
        // The first connection takes a moment; that is no news, and would be told without a reason.
        Duration patience = failure.isOfFirstTry() ? FIRST_TRY_MAX : INTERVAL;
        boolean starting = !everUp && clock.since(downSinceNanos).compareTo(patience) < 0;
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
