package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that holds everything back for five seconds while many clients post without a pause. */
class PausedRedisIT {
    private static final int CLIENTS = 48;
    private static final long PAUSE_MS = 5_000;
    private static final int AT_FULL_SPEED = 300;

    @TempDir private Path directory;

    /** One connection that posts event after event until it is told to stop. */
    private static final class Client {
        private final String user;
        private final List<String> acknowledged = new ArrayList<>();
        private final TreeMap<Integer, Integer> statuses = new TreeMap<>();
        private volatile int acknowledgedInARow;

        Client(int number) {
            user = "client" + number;
        }

        /** Every request is answered, by the contract, on the one connection. */
        Client run(int port) throws IOException {
            try (HttpProducer http = new HttpProducer(port)) {
                for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                    String line = Numbered.line(user, i);
                    byte[] body = line.getBytes(StandardCharsets.US_ASCII);
                    HttpProducer.Reply reply = http.exchange("application/json", body, List.of());
                    statuses.merge(reply.status(), 1, Integer::sum);
                    if (reply.status() == 200) {
                        acknowledged.add(line);
                        acknowledgedInARow++;
                    } else {
                        assertThat(reply.status()).isIn(500, 503);
                        assertThat(reply.body()).startsWith("{\"error\":");
                        acknowledgedInARow = 0;
                    }
                }
            }
            return this;
        }
    }

    @Test
    void everyRequestIsAnsweredAndFullSpeedComesBackByItself() throws Exception {
        List<Client> clients = new ArrayList<>();
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api =
                        PipelineProcess.of(directory, "api")
                                .redis(redis.url())
                                .jvmOption("-Xmx128m")
                                .jvmOption("-XX:+ExitOnOutOfMemoryError")
                                .startReady()) {
            List<Future<Client>> running = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    Client client = new Client(i);
                    clients.add(client);
                    running.add(threads.submit(() -> client.run(api.port())));
                }
                awaitFullSpeed(clients);
                redis.with(commands -> commands.clientPause(PAUSE_MS));
                Await.until(
                        "the pause is felt",
                        () -> clients.stream().allMatch(each -> each.acknowledgedInARow == 0));
                awaitFullSpeed(clients);
            } finally {
                threads.shutdownNow();
            }
            TreeMap<Integer, Integer> statuses = new TreeMap<>();
            for (Future<Client> each : running) {
                Client client = each.get();
                client.statuses.forEach(
                        (status, count) -> statuses.merge(status, count, Integer::sum));
                assertStoredOnce(redis, client);
            }
            System.out.println("PausedRedisIT: " + statuses);
            assertThat(statuses.get(500)).isPositive();
            assertThat(api.isAlive()).isTrue();
            assertThat(api.output()).doesNotContain("OutOfMemory");
        }
    }

    private static void awaitFullSpeed(List<Client> clients) {
        Await.until(
                "all clients are served without a failure",
                () -> clients.stream().allMatch(each -> each.acknowledgedInARow > AT_FULL_SPEED));
    }

    /** What was acknowledged, in order; what was not, at most once. */
    private static void assertStoredOnce(RedisProcess redis, Client client) {
        List<String> stored =
                redis.with(commands -> commands.lrange(Numbered.list(client.user), 0, -1));
        Set<String> acknowledged = new HashSet<>(client.acknowledged);
        assertThat(stored).doesNotHaveDuplicates();
        assertThat(stored.stream().filter(acknowledged::contains).toList())
                .isEqualTo(client.acknowledged);
    }
}
