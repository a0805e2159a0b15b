package io.logpipeline.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.AppendOnlyFile.Cut;
import io.logpipeline.rollback.AppendOnlyFile.Place;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.RedisProcess;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A trap of Redis that the pipeline can't get around: an append-only file that ends within a
 * command of a transaction is cut after that transaction's last whole command, and goes on there.
 * What is written next, acknowledged, belongs to the open transaction when Redis starts once more.
 */
class TornTransactionIT {
    private static final String USER = "torn";
    private static final String LIST = Numbered.list(USER);

    /** What an operator does about it. */
    enum Care {
        NONE,
        REWRITE_AFTER_THE_START,
        REPAIR_BEFORE_THE_START
    }

    private static AppendOnlyFile onePush() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes");
                Producer producer = new Producer(redis.url())) {
            producer.storeWithoutKey(USER, 0, 0);
            return AppendOnlyFile.of(redis);
        }
    }

    /** Within the push, after its RPUSH and before its EXEC. */
    private static Cut cutWithinThePush(AppendOnlyFile commands) {
        List<Cut> within =
                commands.cuts().stream()
                        .filter(cut -> cut.place() == Place.IN_COMMAND_OF_TRANSACTION)
                        .toList();
        return within.get(2);
    }

    @ParameterizedTest
    @EnumSource
    void whatFollowsATornTransactionIsForgottenAtTheNextStartUnlessTheFileIsMadeWhole(Care care)
            throws Exception {
        AppendOnlyFile commands = onePush();
        try (RedisProcess redis = RedisProcess.notStarted("--appendonly", "yes")) {
            commands.copyTo(redis, cutWithinThePush(commands));
            if (care == Care.REPAIR_BEFORE_THE_START) {
                AppendOnlyFile.repair(redis);
            }
            redis.restart();
            if (care == Care.REWRITE_AFTER_THE_START) {
                AppendOnlyFile.rewrite(redis);
            }
            assertThat(redis.<Long>with(server -> server.llen(LIST))).isZero();
            String line = Numbered.line(USER, 1);
            assertThat(redis.<Long>with(server -> server.rpush(LIST, line))).isEqualTo(1);

            redis.kill();
            redis.restart();

            assertThat(redis.<List<String>>with(server -> server.lrange(LIST, 0, -1)))
                    .isEqualTo(care == Care.NONE ? List.of() : List.of(line));
        }
    }
}
