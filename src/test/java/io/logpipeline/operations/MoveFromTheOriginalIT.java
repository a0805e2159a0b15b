package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service before this one: its API pushes to the same lists and notifies nobody; its drainer,
 * which has been stopped, wrote the same files.
 */
class MoveFromTheOriginalIT {
    private static final int USERS = 5;
    private static final int EVENTS = 400;
    private static final int WRITTEN = 100;
    private static final int WAITING = 200;

    @TempDir private Path directory;

    private final Numbered numbered = new Numbered("moved");
    private Path logs;

    @BeforeEach
    void logs() {
        logs = directory.resolve("logs");
    }

    private String userOf(int sequence) {
        return numbered.user(sequence % USERS);
    }

    /** RPUSH, then EXPIRE: two commands, as the original sends them. */
    private void pushByTheOriginal(RedisProcess redis, int sequence) {
        String user = userOf(sequence);
        String list = Numbered.list(user);
        redis.with(commands -> commands.rpush(list, Numbered.line(user, sequence)));
        redis.with(commands -> commands.expire(list, 600));
        numbered.acknowledged(user, sequence);
    }

    private void writtenByTheOriginal(int sequence) throws Exception {
        String user = userOf(sequence);
        Path file = Numbered.file(logs, user);
        Files.createDirectories(file.getParent());
        String before = Files.exists(file) ? Files.readString(file) : "";
        Files.writeString(file, before + Numbered.line(user, sequence) + "\n");
        numbered.acknowledged(user, sequence);
    }

    @Test
    void itsFilesGoOnItsListsAreFoundAndItsApiMayGoOnBesideOurs() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            int sequence = 0;
            while (sequence < WRITTEN) {
                writtenByTheOriginal(sequence++);
            }
            while (sequence < WAITING) {
                pushByTheOriginal(redis, sequence++);
            }
            try (PipelineProcess drainer =
                            PipelineProcess.of(directory, "drainer").redis(redis.url()).start();
                    PipelineProcess api =
                            PipelineProcess.of(directory, "api")
                                    .redis(redis.url())
                                    .with("REDIS_TIMEOUT_MS", "20000")
                                    .startReady()) {
                while (sequence < EVENTS) {
                    pushByTheOriginal(redis, sequence++);
                    String user = userOf(sequence);
                    assertThat(api.post(Numbered.line(user, sequence)).statusCode()).isEqualTo(200);
                    numbered.acknowledged(user, sequence++);
                }
                Await.untilAsserted(
                        "all of both is in the files, once and in order",
                        () -> assertThat(numbered.verify(logs)).isEqualTo(EVENTS));
                // One of the two sweeps.
                assertThat(
                                drainer.metric("log_pipeline_keys_swept_total")
                                        + api.metric("log_pipeline_keys_swept_total"))
                        .isPositive();
                assertThat(drainer.metric("log_pipeline_recoveries_total")).isZero();
            }
        }
    }

    @Test
    void anEventThatEqualsALineOfTheOriginalIsAnEventOfItsOwn() throws Exception {
        writtenByTheOriginal(0);
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess all =
                        PipelineProcess.of(directory, "all")
                                .redis(redis.url())
                                .with("REDIS_TIMEOUT_MS", "20000")
                                .startReady()) {
            String line = Numbered.line(userOf(0), 0);
            assertThat(all.post(line).statusCode()).isEqualTo(200);
            Await.untilAsserted(
                    "both stand in the file",
                    () ->
                            assertThat(Files.readAllLines(Numbered.file(logs, userOf(0))))
                                    .containsExactly(line, line));
        }
    }

    @Test
    void aKeyThatOnlyTheOriginalTakesIsCountedAndLeftToItsDrainer() throws Exception {
        String foreign = "logs:user_a/b:19818";
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess all =
                        PipelineProcess.of(directory, "all").redis(redis.url()).startReady()) {
            redis.with(commands -> commands.rpush(foreign, Numbered.line("a/b", 0)));
            Await.until("it is counted", () -> all.metric("log_pipeline_keys_unrecognized") == 1);
            assertThat(all.output()).contains(foreign);
            assertThat(redis.<Long>with(commands -> commands.llen(foreign))).isEqualTo(1);
        }
    }
}
