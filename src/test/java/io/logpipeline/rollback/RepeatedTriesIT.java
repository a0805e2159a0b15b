package io.logpipeline.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.Script;
import io.logpipeline.rollback.AppendOnlyFile.Cut;
import io.logpipeline.rollback.AppendOnlyFile.Place;
import io.logpipeline.rollback.Checkpoints.Checkpoint;
import io.logpipeline.rollback.Checkpoints.Moment;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A request with an idempotency key that is tried again after Redis forgot both its events and its
 * key, while the events are in the file: recognised there, but for the limits that end each name.
 */
class RepeatedTriesIT {
    private static final String USER = "again";
    private static final List<String> LISTS = List.of(Numbered.list(USER));

    @TempDir private Path logDir;

    private List<Integer> found() throws IOException {
        return Files.readAllLines(Numbered.file(logDir, USER)).stream()
                .map(Numbered::sequenceOf)
                .toList();
    }

    /** Event 0, which Redis remembers when it knows itself, then 1 and 2, which it forgets. */
    private void tryAgain(boolean storeStartsEmpty, int first, int second) throws Exception {
        AppendOnlyFile commands;
        Cut cut;
        try (RedisProcess redis = RedisProcess.start(AppendOnlyFile.options());
                Producer producer = new Producer(redis.url());
                Member drainer = new Member(redis.url(), logDir, "one", 1)) {
            drainer.start();
            producer.store(USER, 0, 0);
            Member.awaitDrained(redis, LISTS);
            int bytes = storeStartsEmpty ? 0 : AppendOnlyFile.bytes(redis);
            cut = new Cut(bytes, Place.BETWEEN_UNITS);
            producer.store(USER, 1, 1);
            producer.store(USER, 2, 2);
            Member.awaitDrained(redis, LISTS);
            commands = AppendOnlyFile.of(redis);
        }
        try (RedisProcess redis = RedisProcess.notStarted(AppendOnlyFile.options())) {
            commands.copyTo(redis, cut);
            redis.restart();
            try (Producer producer = new Producer(redis.url());
                    Member drainer = new Member(redis.url(), logDir, "two", 1)) {
                producer.store(USER, first, first);
                producer.store(USER, second, second);
                drainer.start();
                Member.awaitDrained(redis, LISTS);
            }
        }
    }

    @Test
    void whatIsTriedAgainInTheSameOrderStandsOnce() throws Exception {
        tryAgain(false, 1, 2);

        assertThat(found()).containsExactly(0, 1, 2);
    }

    @Test
    void whatIsTriedAgainInAnotherOrderStandsOnce() throws Exception {
        tryAgain(false, 2, 1);

        assertThat(found()).containsExactly(0, 1, 2);
    }

    @Test
    void whatIsTriedAgainAtARedisThatStartedEmptyStandsTwice() throws Exception {
        tryAgain(true, 1, 2);

        assertThat(found()).containsExactly(0, 1, 2, 1, 2);
    }

    /** It writes event 1, which nobody tries again, behind event 2, and takes both for settled. */
    @Test
    void whatIsTriedAgainWhileTheOldMasterIsDrainedTooMayStandTwice() throws Exception {
        try (RedisProcess old = RedisProcess.start();
                RedisProcess replica = RedisProcess.start();
                Producer producer = new Producer(old.url());
                Member drainer = new Member(old.url(), logDir, "one", 1)) {
            drainer.start();
            producer.store(USER, 0, 0);
            Member.awaitDrained(old, LISTS);
            replica.with(server -> server.replicaof("127.0.0.1", old.port()));
            FailOver.awaitReplicated(old, replica, "event 0");
            replica.with(server -> server.replicaofNoOne());
            Checkpoint claimed = drainer.calls.holdAt(Script.CLAIM, Moment.AFTER, LISTS.getFirst());
            producer.store(USER, 1, 1);
            claimed.awaitReached();
            producer.store(USER, 2, 2);
            try (Producer other = new Producer(replica.url());
                    Member otherDrainer = new Member(replica.url(), logDir, "two", 1)) {
                otherDrainer.start();
                other.store(USER, 2, 2);
                Member.awaitDrained(replica, LISTS);
            }
            claimed.release();
            Member.awaitDrained(old, LISTS);
        }

        assertThat(found()).containsExactly(0, 2, 1, 2);
    }
}
