package io.logpipeline.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.redis.Durability;
import io.logpipeline.redis.MemoryWatermark;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.redis.RedisWatch;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.rollback.AppendOnlyFile.Cut;
import io.logpipeline.rollback.AppendOnlyFile.Place;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A trap of Redis: an append-only file that ends within a command of a transaction is cut after
 * that transaction's last whole command, and goes on there. What is written next, acknowledged,
 * belongs to the open transaction when Redis starts once more; unless the file was made whole
 * before, which the pipeline sees to.
 */
class TornTransactionIT {
    private static final String USER = "torn";
    private static final String LIST = Numbered.list(USER);
    private static final String KEY_SAVED_IN_MICROS = "10000000";

    /** Who does something about it. */
    enum Care {
        NOBODY,
        OPERATOR_AFTER_THE_START,
        OPERATOR_BEFORE_THE_START,
        PIPELINE
    }

    private static AppendOnlyFile pushes(int count) throws Exception {
        try (RedisProcess redis = RedisProcess.start(AppendOnlyFile.options());
                Producer producer = new Producer(redis.url())) {
            for (int i = 0; i < count; i++) {
                producer.storeWithoutKey(USER, i, i);
            }
            return AppendOnlyFile.of(redis);
        }
    }

    private static List<Cut> cutsWithinCommandsOfTransactions(AppendOnlyFile commands) {
        return commands.cuts().stream()
                .filter(cut -> cut.place() == Place.IN_COMMAND_OF_TRANSACTION)
                .toList();
    }

    private static void watchUntil(RedisProcess redis, Runnable awaited) throws Exception {
        MonotonicClock clock = MonotonicClock.system();
        try (RedisLink link = RedisLink.open(redis.url(), "test", Duration.ofSeconds(5))) {
            RedisWatch watch =
                    new RedisWatch(
                            link,
                            new PendingStreams(link, "test", new StreamSet(1)),
                            new PipelineState("api", "1"),
                            new Watchdog(clock::nanoTime),
                            clock,
                            refusal -> {},
                            new MemoryWatermark(0),
                            Durability.MEMORY);
            try {
                awaited.run();
            } finally {
                watch.stop();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatFollowsATornTransactionIsForgottenAtTheNextStartUnlessTheFileIsMadeWhole(Care care)
            throws Exception {
        AppendOnlyFile commands = pushes(1);
        try (RedisProcess redis = RedisProcess.notStarted(AppendOnlyFile.options())) {
            // After its RPUSH and before its EXEC.
            commands.copyTo(redis, cutsWithinCommandsOfTransactions(commands).get(2));
            if (care == Care.OPERATOR_BEFORE_THE_START) {
                AppendOnlyFile.repair(redis);
            }
            redis.restart();
            if (care == Care.OPERATOR_AFTER_THE_START) {
                AppendOnlyFile.rewrite(redis);
            } else if (care == Care.PIPELINE) {
                watchUntil(redis, () -> AppendOnlyFile.awaitRewritten(redis));
            }
            assertThat(redis.<Long>with(server -> server.llen(LIST))).isZero();
            String line = Numbered.line(USER, 1);
            assertThat(redis.<Long>with(server -> server.rpush(LIST, line))).isEqualTo(1);

            redis.kill();
            redis.restart();

            assertThat(redis.<List<String>>with(server -> server.lrange(LIST, 0, -1)))
                    .isEqualTo(care == Care.NOBODY ? List.of() : List.of(line));
        }
    }

    /** It cuts the file, finds that another one follows, and ends; then the file is whole. */
    @Test
    void powerLostAgainBeforeTheFileIsWrittenAnewCostsRedisOneTryToStart() throws Exception {
        AppendOnlyFile commands = pushes(2);
        try (RedisProcess redis =
                RedisProcess.notStarted(
                        AppendOnlyFile.options("--rdb-key-save-delay", KEY_SAVED_IN_MICROS))) {
            commands.copyTo(redis, cutsWithinCommandsOfTransactions(commands).getLast());
            redis.restart();
            watchUntil(
                    redis,
                    () ->
                            Await.until(
                                    "the file is being written anew",
                                    () ->
                                            redis.with(server -> server.info("persistence"))
                                                    .contains("aof_rewrite_in_progress:1")));
            redis.kill();

            assertThatThrownBy(redis::restart).hasMessageContaining("is not the last file");
            redis.restart();

            assertThat(redis.<List<String>>with(server -> server.lrange(LIST, 0, -1)))
                    .containsExactly(Numbered.line(USER, 0));
        }
    }
}
