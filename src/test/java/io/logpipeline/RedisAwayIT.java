package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis absent, stopped and full. */
class RedisAwayIT {
    @TempDir private Path directory;

    private static void answersStoreFailed(PipelineProcess process) throws Exception {
        HttpResponse<String> answer = process.post(Numbered.line("away", 0));
        // Each waits for Redis a bounded time; a machine under load may add to one of them.
        Await.until(
                "an answer in under two seconds",
                () -> {
                    long startNanos = System.nanoTime();
                    process.post(Numbered.line("away", 0));
                    return System.nanoTime() - startNanos < Duration.ofSeconds(2).toNanos();
                });
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        JsonNode body = new ObjectMapper().readTree(answer.body());
        assertThat(body.get("error").asText()).isEqualTo("Redis connection failed");
        assertThat(body.get("details").asText()).doesNotContain("127.0.0.1");
        assertThat(process.get("/health/live").statusCode()).isEqualTo(200);
        Await.until("not ready", () -> process.get("/health/ready").statusCode() == 503);
    }

    @Test
    void theProcessWaitsForRedisAtTheStartAndRecoversFromEachOfItsStops() throws Exception {
        Numbered numbered = new Numbered("away");
        int sequence = 0;
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes")) {
            redis.stop();
            try (PipelineProcess all =
                    PipelineProcess.of(directory, "all").redis(redis.url()).start()) {
                answersStoreFailed(all);
                for (int round = 0; round < 2; round++) {
                    redis.restart();
                    all.awaitReady();
                    for (int i = 0; i < 20; i++) {
                        String user = numbered.user(i);
                        String line = Numbered.line(user, sequence);
                        assertThat(all.post(line).statusCode()).isEqualTo(200);
                        numbered.acknowledged(user, sequence++);
                    }
                    redis.stop();
                    answersStoreFailed(all);
                }
                redis.restart();
                all.awaitReady();
                Await.untilAsserted(
                        "all in the files", () -> numbered.verify(directory.resolve("logs")));
                assertThat(all.output().lines().filter(line -> line.contains("does not answer")))
                        .hasSizeLessThanOrEqualTo(4);
                assertThat(all.output()).contains("Redis is back").doesNotContain("reconnect");
            }
        }
    }

    @Test
    void aFullRedisRefusesPushesAndIsEmptiedByTheDrainers() throws Exception {
        Numbered numbered = new Numbered("full");
        try (RedisProcess redis =
                        RedisProcess.start(
                                "--maxmemory", "6mb", "--maxmemory-policy", "noeviction");
                PipelineProcess api =
                        PipelineProcess.of(directory, "api")
                                .redis(redis.url())
                                .with("REDIS_MEMORY_HIGH_PERCENT", "0")
                                .startReady()) {
            int refusals = 0;
            for (int i = 0; i < 20_000 && refusals == 0; i++) {
                String user = numbered.user(i % 50);
                // The oracle's event with white space around: what is stored is the same.
                String padded = " ".repeat(100) + Numbered.line(user, i);
                HttpResponse<String> answer = i % 50 == 0 ? fill(api, i) : api.post(padded);
                if (i % 50 == 0) {
                    refusals += answer.statusCode() == 500 ? 1 : 0;
                } else if (answer.statusCode() == 200) {
                    numbered.acknowledged(user, i);
                } else {
                    assertThat(answer.statusCode()).isEqualTo(500);
                    assertThat(answer.body()).contains("OOM");
                    refusals++;
                }
            }
            assertThat(refusals).isPositive();
            try (PipelineProcess drainer =
                    PipelineProcess.of(directory, "drainer").redis(redis.url()).startReady()) {
                Await.untilAsserted(
                        "all in the files", () -> numbered.verify(directory.resolve("logs")));
                Await.until(
                        "pushes are taken again",
                        () -> api.post(Numbered.line("after", 0)).statusCode() == 200);
                assertThat(drainer.isAlive()).isTrue();
            }
        }
    }

    /** A large event of another user, so that the server fills up soon. */
    private static HttpResponse<String> fill(PipelineProcess api, int i) {
        return api.post(
                "{\"user_id\":\"filler\",\"event\":\""
                        + "x".repeat(60_000)
                        + "\",\"timestamp\":"
                        + (1_712_345_678L + i)
                        + "}");
    }
}
