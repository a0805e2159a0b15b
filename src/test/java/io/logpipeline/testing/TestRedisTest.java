package io.logpipeline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which servers the tests may empty. */
class TestRedisTest {
    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.with(commands -> commands.flushall());
    }

    private static void isRefusedAndKept(int database, String key) {
        assertThatThrownBy(() -> TestRedis.requireOurs(redis.url()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("REDIS_URL")
                .hasMessageContaining(TestRedis.MARKER);
        String url = redis.url() + "/" + database;
        long found = RedisProcess.with(url, commands -> commands.exists(key));
        assertThat(found).isOne();
    }

    @Test
    void aServerWithSomebodysKeysIsRefusedAndKeepsThem() {
        redis.with(commands -> commands.rpush("logs:user_1:19818", "an event"));

        isRefusedAndKept(0, "logs:user_1:19818");
    }

    @Test
    void keysInAnotherDatabaseCountToo() {
        RedisProcess.with(redis.url() + "/3", commands -> commands.set("somebody's", "value"));

        isRefusedAndKept(3, "somebody's");
    }

    @Test
    void anEmptyServerIsTakenAndStaysTakenForTheNextRun() {
        assertThatCode(() -> TestRedis.requireOurs(redis.url())).doesNotThrowAnyException();
        TestRedis.empty(redis.url());
        redis.with(commands -> commands.rpush("logs:user_1:19818", "left by a killed test"));

        assertThatCode(() -> TestRedis.requireOurs(redis.url())).doesNotThrowAnyException();
        TestRedis.empty(redis.url());
        List<String> left = redis.with(commands -> commands.keys("*"));
        assertThat(left).containsExactly(TestRedis.MARKER);
    }

    /** A run of tests, of which the last one empties the server it was given. */
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) {
            RedisProcess.with(TestRedis.emptyUrl(), commands -> commands.flushall());
        }
    }

    @Test
    void aRunLeavesItsMarkerOnAServerThatItWasGiven() throws Exception {
        ProcessBuilder run =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Run.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        run.environment().put("TEST_REDIS_URL", redis.url());

        assertThat(run.start().waitFor()).isZero();
        List<String> left = redis.with(commands -> commands.keys("*"));
        assertThat(left).containsExactly(TestRedis.MARKER);
    }
}
