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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that holds everything back for five seconds while many clients post without a pause. */
class PausedRedisIT {
    private static final int CLIENTS = 48;
    private static final long PAUSE_MS = 5_000;
    private static final int AT_FULL_SPEED = 300;
    private static final Duration WINDOW = Duration.ofMillis(100);

    @TempDir private Path directory;

    /** One connection that posts event after event until it is told to stop. */
    private static final class Client {
        private final String user;
        private final List<String> acknowledged = new ArrayList<>();
        private final TreeMap<Integer, Integer> statuses = new TreeMap<>();
        private final LongAdder acknowledgedByAll;
        private volatile int acknowledgedInARow;

        Client(int number, LongAdder acknowledgedByAll) {
            this.user = "client" + number;
            this.acknowledgedByAll = acknowledgedByAll;
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
                        acknowledgedByAll.increment();
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
        LongAdder acknowledged = new LongAdder();
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
                    Client client = new Client(i, acknowledged);
                    clients.add(client);
                    running.add(threads.submit(() -> client.run(api.port())));
                }
                Pace before = new Pace(acknowledged);
                awaitFullSpeed(clients, before);
                redis.with(commands -> commands.clientPause(PAUSE_MS));
                Await.until(
                        "the pause is felt",
                        () -> clients.stream().allMatch(each -> each.acknowledgedInARow == 0));
                Pace again = new Pace(acknowledged);
                awaitFullSpeed(clients, again);
                System.out.printf("PausedRedisIT: before %s; from its end on %s%n", before, again);
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

    private static void awaitFullSpeed(List<Client> clients, Pace pace) {
        Await.until(
                "all clients are served without a failure",
                () -> {
                    pace.look();
                    return clients.stream()
                            .allMatch(each -> each.acknowledgedInARow > AT_FULL_SPEED);
                });
    }

    /** How many were acknowledged in each tenth of a second or so: shown, not judged. */
    private static final class Pace {
        private final LongAdder acknowledged;
        private final List<Long> perSecond = new ArrayList<>();
        private long lookedNanos = System.nanoTime();
        private long seen;

        Pace(LongAdder acknowledged) {
            this.acknowledged = acknowledged;
            this.seen = acknowledged.sum();
        }

        void look() {
            long nanos = System.nanoTime() - lookedNanos;
            if (nanos > WINDOW.toNanos()) {
                long now = acknowledged.sum();
                perSecond.add((now - seen) * 1_000_000_000 / nanos);
                seen = now;
                lookedNanos += nanos;
            }
        }

        /** From the first one on. */
        @Override
        public String toString() {
            return perSecond.stream().dropWhile(each -> each == 0).toList() + " events/s";
        }
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
