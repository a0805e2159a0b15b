package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.ProcessFiles;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More connections than a heap of 128 MiB holds, each of which is kept after its request; and a
 * load of batches beside them.
 */
class ManyConnectionsIT {
    private static final int CONNECTIONS = 4_500;
    private static final int AT_ONCE = 250;
    private static final int HELD_MAX = 3_300;
    private static final int BULK_CLIENTS = 8;
    private static final int BATCHES = 40;
    private static final int EVENTS_PER_BATCH = 1_000;
    private static final int PATIENCE_MS = 60_000;

    @TempDir private Path directory;

    @Test
    void theLongestIdleMakeRoomAndEveryRequestIsServed() throws Exception {
        List<HttpProducer> kept = new ArrayList<>();
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api =
                        PipelineProcess.of(directory, "api")
                                .redis(redis.url())
                                .with("REDIS_TIMEOUT_MS", "20000")
                                .jvmOption("-Xmx128m")
                                .jvmOption("-XX:+ExitOnOutOfMemoryError")
                                .startReady();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                while (kept.size() < CONNECTIONS) {
                    kept.addAll(postAndKeep(clients, api.port(), kept.size()));
                }
                assertThat(ProcessFiles.openFiles(api.pid())).isLessThan(HELD_MAX + 200);
                postBatches(clients, api.port());
            } finally {
                for (HttpProducer each : kept) {
                    each.close();
                }
            }
            assertThat(stored(redis, "kept")).isEqualTo(CONNECTIONS);
            for (int client = 0; client < BULK_CLIENTS; client++) {
                assertThat(stored(redis, "bulk" + client)).isEqualTo(BATCHES * EVENTS_PER_BATCH);
            }
            assertThat(api.isAlive()).isTrue();
            assertThat(api.output()).doesNotContain("OutOfMemory");
        }
    }

    private static long stored(RedisProcess redis, String user) {
        return redis.with(commands -> commands.llen(Numbered.list(user)));
    }

    private static List<HttpProducer> postAndKeep(ExecutorService clients, int port, int first)
            throws Exception {
        List<Future<HttpProducer>> posting =
                IntStream.range(first, first + AT_ONCE)
                        .mapToObj(number -> clients.submit(() -> postAndKeep(port, number)))
                        .toList();
        List<HttpProducer> connections = new ArrayList<>();
        for (Future<HttpProducer> each : posting) {
            connections.add(each.get());
        }
        return connections;
    }

    private static HttpProducer postAndKeep(int port, int number) throws IOException {
        HttpProducer connection = new HttpProducer(port, PATIENCE_MS);
        byte[] body = Numbered.line("kept", number).getBytes(StandardCharsets.US_ASCII);
        assertThat(connection.post("application/json", body)).isEqualTo(200);
        return connection;
    }

    private static void postBatches(ExecutorService clients, int port) throws Exception {
        List<Future<Integer>> accepted =
                IntStream.range(0, BULK_CLIENTS)
                        .mapToObj(
                                client -> clients.submit(() -> postBatches(port, "bulk" + client)))
                        .toList();
        for (Future<Integer> batches : accepted) {
            assertThat(batches.get()).as("batches with 200").isEqualTo(BATCHES);
        }
    }

    private static int postBatches(int port, String user) throws IOException {
        int accepted = 0;
        try (HttpProducer client = new HttpProducer(port, PATIENCE_MS)) {
            for (int batch = 0; batch < BATCHES; batch++) {
                int first = batch * EVENTS_PER_BATCH;
                String body =
                        IntStream.range(first, first + EVENTS_PER_BATCH)
                                .mapToObj(number -> Numbered.line(user, number))
                                .collect(Collectors.joining(",", "[", "]"));
                byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
                accepted += client.post("application/json", bytes) == 200 ? 1 : 0;
            }
        }
        return accepted;
    }
}
