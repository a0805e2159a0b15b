package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logpipeline.SwitchedMain;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the health of a real process says while something real is wrong. */
class HealthIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVENT =
            "{\"user_id\":\"%s\",\"event\":\"e\",\"timestamp\":1712345678}";

    @TempDir private Path directory;

    private RedisProcess redis;
    private PipelineProcess process;

    @BeforeEach
    void start() {
        redis = RedisProcess.start();
        process =
                PipelineProcess.of(directory, "all")
                        .redis(redis.url())
                        .mainClass(SwitchedMain.class)
                        .with("DRAINER_WORKERS", "2")
                        .with("DRAINER_LEASE_SECONDS", "3")
                        .with("REDIS_TIMEOUT_MS", "1000")
                        .with("DRAINER_REDIS_TIMEOUT_MS", "1000")
                        .with("DRAINER_FILE_LOCK_TIMEOUT_MS", "100")
                        .with("OBSERVE_LIVENESS_SECONDS", "5")
                        .startReady();
    }

    @AfterEach
    void stop() {
        process.close();
        redis.close();
    }

    private void post(String user) {
        assertThat(process.post(EVENT.formatted(user)).statusCode()).isEqualTo(200);
    }

    /** The answer's details, once it has this status. */
    private JsonNode awaitStatus(String path, int status) {
        Await.until(path + " answers " + status, () -> process.get(path).statusCode() == status);
        return details(process.get(path));
    }

    private static JsonNode details(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body()).get("checks").get(0).get("data");
        } catch (IOException noJson) {
            throw new AssertionError(answer.body(), noJson);
        }
    }

    @Test
    void aWorkerThatDoesNotComeBackFromAWriteFailsLivenessUntilItDoes() throws Exception {
        Path hangs = Files.createFile(directory.resolve(SwitchedMain.DISK_HANGS));
        post("1");

        JsonNode details = awaitStatus("/health/live", 503);
        assertThat(details.get("stalled").asText())
                .matches("drain-worker-\\d made no progress for \\d+ s");
        assertThat(details.get("keys_pending").asLong()).isEqualTo(1);
        assertThat(details.get("drain_lag_seconds").asDouble()).isGreaterThan(4);
        assertThat(process.get("/health/ready").statusCode()).isEqualTo(200);

        Files.delete(hangs);
        assertThat(awaitStatus("/health/live", 200).has("stalled")).isFalse();
        Await.until(
                "it is drained", () -> details("/health/live").get("keys_pending").asInt() == 0);
        assertThat(directory.resolve("logs/user_1/19818.jsonl")).hasContent(EVENT.formatted("1"));
    }

    private JsonNode details(String path) {
        return details(process.get(path));
    }

    @Test
    void aFullDiskAndAnAbsentRedisAreToldApart() throws Exception {
        Path full = Files.createFile(directory.resolve(SwitchedMain.DISK_IS_FULL));
        JsonNode diskOnly = awaitStatus("/health/ready", 503);
        assertThat(diskOnly.get("log_dir").asText()).contains("No space left on device");
        assertThat(diskOnly.get("redis").asText()).isEqualTo("up");
        Await.until("it counts", () -> process.metric("log_pipeline_log_dir_free_bytes") == 0);
        assertThat(process.metric("log_pipeline_log_dir_usable")).isZero();
        assertThat(process.metric("log_pipeline_redis_up")).isEqualTo(1);

        redis.kill();
        Await.until(
                "both", () -> details("/health/ready").get("redis").asText().startsWith("down"));
        assertThat(details("/health/ready").get("log_dir").asText()).contains("No space left");
        redis.restart();
        Files.delete(full);
        assertThat(awaitStatus("/health/ready", 200).get("log_dir").asText()).isEqualTo("ok");

        redis.kill();
        JsonNode redisOnly = awaitStatus("/health/ready", 503);
        assertThat(redisOnly.get("redis").asText()).startsWith("down");
        assertThat(redisOnly.get("log_dir").asText()).isEqualTo("ok");
        assertThat(process.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(process.get("/health/started").statusCode()).isEqualTo(200);
    }
}
