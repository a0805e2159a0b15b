package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Some batches at once of which each event is a user's of its own: what a body can make the most of
 * in memory, and the most lists that one request can be for.
 */
class ManyUsersIT {
    private static final int BATCHES = 6;
    private static final int BATCH_BYTES = 5 << 20;
    private static final int PATIENCE_MS = 240_000;

    @TempDir private Path directory;

    private static byte[] batch(int number) {
        StringBuilder lines = new StringBuilder(BATCH_BYTES + 100);
        for (int user = 0; lines.length() < BATCH_BYTES; user++) {
            lines.append(
                    String.format(
                            Locale.ROOT,
                            "{\"user_id\":\"%d.%d\",\"event\":\"a\",\"timestamp\":1}%n",
                            number,
                            user));
        }
        return lines.substring(0, lines.lastIndexOf("\n", BATCH_BYTES) + 1)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static int post(int port, byte[] body) throws IOException {
        try (HttpProducer client = new HttpProducer(port, PATIENCE_MS)) {
            return client.post("application/x-ndjson", body);
        }
    }

    @Test
    void theyFillNoHeapAndHoldUpNobodyElse() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api =
                        PipelineProcess.of(directory, "api")
                                .redis(redis.url())
                                .with("REDIS_TIMEOUT_MS", "20000")
                                .jvmOption("-Xmx224m")
                                .jvmOption("-XX:+ExitOnOutOfMemoryError")
                                .startReady();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = api.port();
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < BATCHES; i++) {
                byte[] body = batch(i);
                answers.add(clients.submit(() -> post(port, body)));
            }
            int others = 0;
            while (answers.stream().anyMatch(answer -> !answer.isDone())) {
                byte[] single = Numbered.line("other", others).getBytes(StandardCharsets.US_ASCII);
                assertThat(post(port, single)).isEqualTo(200);
                others++;
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            System.out.println("ManyUsersIT: " + statuses + ", meanwhile " + others + " others");

            assertThat(statuses).isSubsetOf(200, 503).contains(200);
            assertThat(others).isPositive();
            assertThat(api.output()).doesNotContain("OutOfMemory");
            assertThat(api.isAlive()).isTrue();
            long stored = redis.with(commands -> commands.llen(Numbered.list("other")));
            assertThat(stored).isEqualTo(others);
        }
    }
}
