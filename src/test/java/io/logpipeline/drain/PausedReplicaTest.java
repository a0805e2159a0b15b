package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.TestRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A replica that sleeps for longer than its lease with a claim in hand, while another one drains
 * the list and the day file is moved away, as a nightly archive does.
 */
class PausedReplicaTest {
    private static final Duration LEASE = Duration.ofMillis(700);
    private static final String LIST = "logs:user_a:1";

    private ConnectedRedis redis;

    @TempDir private Path logDir;

    @BeforeEach
    void connect() {
        redis = ConnectedRedis.to(TestRedis.emptyUrl());
    }

    @AfterEach
    void disconnect() {
        redis.close();
    }

    private void push(String... elements) {
        redis.server().rpush(LIST, elements);
        redis.server().xadd(RedisKeys.PENDING, Map.of("key", LIST, "noticed_us", "1"));
    }

    /**
     * The first look is for a file to be made, the second goes before the claim, the third behind
     * it.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatItClaimedIsNotWrittenToTheFileThatTookTheNameOfTheOneMovedAway(int look)
            throws Exception {
        PausingDisk disk = new PausingDisk(new NioDisk(), look);
        try (DrainStage sleeper = new DrainStage(redis.link(), disk, logDir, "sleeper", LEASE, 1)) {
            push("1", "2");
            disk.awaitSleep();
            try (DrainStage other = new DrainStage(redis.link(), logDir, "other", LEASE, 1)) {
                Await.until("the other drained", () -> !other.telemetry.drained.isEmpty());
                Path file = sleeper.path(LIST);
                Path archived = logDir.resolve("archived.jsonl");
                Files.move(file, archived);
                disk.wake();
                push("3");
                Await.until("the next landed", () -> sleeper.lines(LIST).contains("3"));
                other.awaitQuiet();
                sleeper.awaitQuiet();

                assertThat(file).hasContent("3\n");
                assertThat(archived).hasContent("1\n2\n");
            } finally {
                disk.wake();
            }
        }
    }
}
