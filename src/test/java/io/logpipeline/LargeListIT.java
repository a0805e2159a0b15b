package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One list far larger than the drainer's memory. */
class LargeListIT {
    private static final int EVENTS = Integer.getInteger("logpipeline.large.events", 150_000);
    private static final int EVENTS_PER_PUSH = 500;
    private static final String PADDING = "x".repeat(960);

    @TempDir private Path directory;

    private static String event(int sequence) {
        return "{\"user_id\":\"big\",\"event\":\""
                + PADDING
                + "\",\"timestamp\":1712345678,\"seq\":"
                + sequence
                + "}";
    }

    private static long push(RedisProcess redis) {
        return redis.with(commands -> {
            long length = 0;
            for (int i = 0; i < EVENTS; i += EVENTS_PER_PUSH) {
                String[] events = new String[EVENTS_PER_PUSH];
                for (int j = 0; j < EVENTS_PER_PUSH; j++) {
                    events[j] = event(i + j);
                }
                length = commands.rpush("logs:user_big:19818", events);
            }
            return length;
        });
    }

    @Test
    void aListOfSeveralTimesTheHeapIsDrainedInChunks() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            assertThat(push(redis)).isEqualTo(EVENTS);
            try (PipelineProcess drainer =
                    PipelineProcess.of(directory, "drainer")
                            .redis(redis.url())
                            .jvmOption("-Xmx48m")
                            .startReady()) {
                Await.until(
                        "drained", () -> drainer.metric("log_pipeline_keys_drained_total") == 1);
                assertThat(drainer.metric("log_pipeline_events_drained_total")).isEqualTo(EVENTS);
            }
        }
        int next = 0;
        Path file = directory.resolve("logs/user_big/19818.jsonl");
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                assertThat(line).isEqualTo(event(next++));
            }
        }
        assertThat(next).isEqualTo(EVENTS);
    }
}
