package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator is told of Redis. */
class RedisWatchTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Logger logger = Logger.getLogger("io.logpipeline.redis");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    Object[] values = line.getParameters();
                    lines.add(
                            line.getLevel()
                                    + " "
                                    + MessageFormat.format(
                                            line.getMessage(),
                                            values == null ? new Object[0] : values));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };
    private final List<String> refusals = new CopyOnWriteArrayList<>();
    private final PipelineState state = new PipelineState("drainer", "1");

    @BeforeEach
    void listen() {
        handler.setLevel(Level.ALL);
        logger.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(handler);
    }

    private PendingStreams pending;

    private interface Steps {
        void run(RedisWatch watch) throws Exception;
    }

    private void watching(RedisProcess redis, Steps steps) throws Exception {
        watching(redis, TIMEOUT, steps);
    }

    private void watching(RedisProcess redis, Duration timeout, Steps steps) throws Exception {
        try (RedisLink link = RedisLink.open(redis.url(), "test", timeout)) {
            assertThat(link.awaitConnected(Duration.ofMinutes(1))).isTrue();
            watching(link, steps);
        }
    }

    private void watching(RedisLink link, Steps steps) throws Exception {
        MonotonicClock clock = MonotonicClock.system();
        pending = new PendingStreams(link, "test", new StreamSet(1));
        RedisWatch watch =
                new RedisWatch(
                        link,
                        pending,
                        state,
                        new Watchdog(clock::nanoTime),
                        clock,
                        refusals::add,
                        new MemoryWatermark(90),
                        Durability.MEMORY);
        try {
            steps.run(watch);
        } finally {
            watch.stop();
        }
    }

    private List<String> linesWith(String text) {
        return lines.stream().filter(line -> line.contains(text)).toList();
    }

    @Test
    void aServerWithoutAppendOnlyFileIsUsedWithAWarning() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            watching(
                    redis,
                    watch -> {
                        Await.until("it is up", () -> state.redisUp() && state.isStarted());
                        assertThat(linesWith("Connected to Redis"))
                                .singleElement()
                                .asString()
                                .startsWith("WARNING")
                                .contains("appendonly=off", "are lost when Redis restarts");
                        assertThat(
                                        redis.<List<Object>>with(
                                                server -> server.xinfoGroups(RedisKeys.PENDING)))
                                .hasSize(1);
                    });
        }
        assertThat(refusals).isEmpty();
    }

    private static String persistence(RedisProcess redis) {
        return redis.with(server -> server.info("persistence"));
    }

    @Test
    void aFileThatRedisStartedFromIsWrittenAnewOnceAfterEachStart() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes")) {
            watching(
                    redis,
                    watch -> {
                        String told = "told to write its append-only file anew";
                        Await.until("it was told", () -> linesWith(told).size() == 1);
                        redis.kill();
                        redis.restart();
                        Await.until("it was told again", () -> linesWith(told).size() == 2);
                        assertThat(persistence(redis)).contains("aof_rewrites:1");

                        redis.with(server -> server.xadd(RedisKeys.PENDING, "key", "x"));
                        Await.until("it looked again", () -> state.pending().keys() == 1);
                        assertThat(linesWith(told)).hasSize(2);
                        assertThat(persistence(redis)).contains("aof_rewrites:1");
                    });
        }
        assertThat(linesWith("WARNING Redis can't")).isEmpty();
    }

    @Test
    void aServerWithoutFileWritesNone() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            watching(redis, watch -> Await.until("it is up", state::isStarted));
            assertThat(persistence(redis)).contains("aof_rewrites:0");
        }
    }

    @Test
    void aUserThatMayNotHaveTheFileWrittenAnewIsToldOfOnceAndUsed() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes")) {
            redis.with(server ->
                    server.aclSetuser(
                            "default",
                            AclSetuserArgs.Builder.removeCommand(CommandType.BGREWRITEAOF)));
            watching(
                    redis,
                    watch -> {
                        Await.until("it is told", () -> !linesWith("can't be told").isEmpty());
                        redis.with(server -> server.xadd(RedisKeys.PENDING, "key", "x"));
                        Await.until("it looked again", () -> state.pending().keys() == 1);
                    });
        }
        assertThat(linesWith("can't be told to write its append-only file anew"))
                .singleElement()
                .asString()
                .startsWith("WARNING")
                .contains("NOPERM");
    }

    @Test
    void streamsOfAnotherSettingAreSeenFromTheStart() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            redis.with(server -> server.xadd(RedisKeys.pending(5), "key", "x"));
            watching(
                    redis,
                    watch -> {
                        Await.until("it is counted", () -> state.pending().keys() == 1);
                        assertThat(pending.read())
                                .extracting(PendingStream::number)
                                .containsExactly(0, 5);
                    });
        }
    }

    @Test
    void anEntryInAStreamOfAnotherSettingIsCountedAndItsStreamRead() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            watching(
                    redis,
                    watch -> {
                        Await.until("it is up", state::redisUp);
                        assertThat(pending.read()).hasSize(1);
                        redis.with(server -> server.xadd(RedisKeys.pending(63), "key", "x"));

                        Await.until("it is counted", () -> state.pending().keys() == 1);
                        assertThat(pending.read())
                                .extracting(PendingStream::number)
                                .containsExactly(0, 63);
                    });
        }
    }

    @Test
    void aServerThatDropsKeysIsRefused() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--maxmemory-policy", "allkeys-lru")) {
            watching(redis, watch -> Await.until("it is refused", () -> !refusals.isEmpty()));
        }
        assertThat(refusals)
                .singleElement()
                .asString()
                .contains("maxmemory-policy allkeys-lru", "set it to noeviction");
        assertThat(linesWith("maxmemory-policy"))
                .allSatisfy(line -> assertThat(line).startsWith("SEVERE"));
    }

    /** Two looks pass before it is known that nobody answers there. */
    @Test
    void thatRedisIsAwayIsToldWithTheReasonThoughItTakesAWhileToBeKnown() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RedisLink link =
                        RedisLink.open(
                                "redis://127.0.0.1:" + silent.getLocalPort(),
                                "test",
                                Duration.ofMillis(2500))) {
            watching(
                    link,
                    watch -> {
                        Await.until("it is told", () -> !linesWith("does not answer").isEmpty());
                        assertThat(linesWith("does not answer"))
                                .singleElement()
                                .asString()
                                .contains("timed out")
                                .doesNotContain("not connected yet");
                    });
        }
    }

    @Test
    void goingAwayAndComingBackAreToldOnceEach() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes")) {
            watching(
                    redis,
                    watch -> {
                        Await.until("it is up", state::redisUp);
                        assertThat(linesWith("Connected to Redis"))
                                .singleElement()
                                .asString()
                                .startsWith("INFO")
                                .contains("appendonly=on");

                        redis.kill();
                        Await.until("it is told", () -> !linesWith("does not answer").isEmpty());
                        assertThat(state.redisUp()).isFalse();
                        assertThat(state.isStarted()).isTrue();

                        redis.restart();
                        Await.until("it is told", () -> !linesWith("Redis is back").isEmpty());
                        Await.until("it is up", state::redisUp);
                        assertThat(linesWith("Redis is back")).hasSize(1);
                        assertThat(linesWith("does not answer")).hasSize(1);
                    });
        }
        assertThat(refusals).isEmpty();
    }

    @Test
    void aServerThatTurnedUnfitMeanwhileIsNamedInTheLogButStopsNobody() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            watching(
                    redis,
                    Duration.ofMillis(500),
                    watch -> {
                        Await.until("it is up", state::redisUp);
                        redis.with(server -> server.configSet("maxmemory-policy", "allkeys-lru"));
                        redis.with(server -> server.clientPause(2500));
                        Await.until("it is away", () -> !state.redisUp());
                        Await.until("it is up", state::redisUp);
                        // Each time that it comes back: a short timeout may end it twice.
                        assertThat(linesWith("maxmemory-policy"))
                                .isNotEmpty()
                                .allSatisfy(line -> assertThat(line).startsWith("SEVERE"));
                    });
        }
        assertThat(refusals).isEmpty();
    }
}
