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
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Some batches at once of what a body can make the most of in memory: each event a user's of its
 * own, which is also the most lists that one request can be for, or one event only, of as many
 * members as it can hold or of one string.
 */
class ManyUsersIT {
    private static final int BATCHES = 6;
    private static final int BATCH_BYTES = 5 << 20;
    private static final int PATIENCE_MS = 240_000;

    @TempDir private Path directory;

    private static final int EVENT_BYTES = 16_000_000;

    private static byte[] manyUsers(int number) {
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

    private static byte[] manyMembers(int number) {
        StringBuilder members = new StringBuilder(EVENT_BYTES + 100);
        for (int name = 36 * 36 * 36; members.length() < EVENT_BYTES; name++) {
            members.append(",\"").append(Integer.toString(name, 36)).append("\":1");
        }
        return oneEvent(number, members.toString());
    }

    private static byte[] longString(int number) {
        return oneEvent(number, ",\"text\":\"" + "x".repeat(EVENT_BYTES) + "\"");
    }

    private static byte[] oneEvent(int number, String members) {
        String event = "{\"user_id\":\"" + number + "\",\"event\":\"a\",\"timestamp\":1";
        return (event + members + "}").getBytes(StandardCharsets.US_ASCII);
    }

    private static int post(int port, byte[] body) throws IOException {
        try (HttpProducer client = new HttpProducer(port, PATIENCE_MS)) {
            return client.post("application/x-ndjson", body);
        }
    }

    @Test
    void eventsOfManyUsersFillNoHeapAndHoldUpNobodyElse() throws Exception {
        fillNoHeapAndHoldUpNobodyElse(ManyUsersIT::manyUsers);
    }

    @Test
    void eventsOfManyMembersFillNoHeapAndHoldUpNobodyElse() throws Exception {
        fillNoHeapAndHoldUpNobodyElse(ManyUsersIT::manyMembers);
    }

    @Test
    void eventsOfOneLongStringFillNoHeapAndHoldUpNobodyElse() throws Exception {
        fillNoHeapAndHoldUpNobodyElse(ManyUsersIT::longString);
    }

    private void fillNoHeapAndHoldUpNobodyElse(IntFunction<byte[]> batch) throws Exception {
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
                byte[] body = batch.apply(i);
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
