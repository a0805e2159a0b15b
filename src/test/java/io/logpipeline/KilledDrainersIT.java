package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two APIs, two drainers, and a drainer killed every few seconds. Larger: {@code
 * -Dlogpipeline.events=200000 -Dlogpipeline.users=5000}.
 */
class KilledDrainersIT {
    private static final int EVENTS = Integer.getInteger("logpipeline.events", 20_000);
    private static final int USERS = Integer.getInteger("logpipeline.users", 1_000);
    private static final int PRODUCERS = 16;

    @TempDir private Path directory;

    private PipelineProcess process(String role, RedisProcess redis) {
        return PipelineProcess.of(directory, role)
                .redis(redis.url())
                .with("DRAINER_LEASE_SECONDS", "2")
                // A slow machine is not one of the faults.
                .with("REDIS_TIMEOUT_MS", "20000")
                .startReady();
    }

    @Test
    void eachAcknowledgedEventIsInItsFileOnceAndInOrderThoughDrainersAreKilled() throws Exception {
        Numbered numbered = new Numbered("u");
        List<PipelineProcess> drainers = new ArrayList<>();
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess firstApi = process("api", redis);
                PipelineProcess secondApi = process("api", redis)) {
            drainers.add(process("drainer", redis));
            drainers.add(process("drainer", redis));
            List<Thread> producers = new ArrayList<>();
            AtomicInteger refused = new AtomicInteger();
            for (int i = 0; i < PRODUCERS; i++) {
                int producer = i;
                int port = (i % 2 == 0 ? firstApi : secondApi).port();
                producers.add(
                        Thread.ofVirtual()
                                .start(() -> refused.addAndGet(produce(numbered, producer, port))));
            }
            int kills = 0;
            while (anyAlive(producers)) {
                TimeUnit.SECONDS.sleep(2);
                drainers.removeFirst().kill();
                kills++;
                drainers.add(process("drainer", redis));
            }
            for (Thread producer : producers) {
                producer.join();
            }
            Await.untilAsserted(
                    "Redis holds what expires, the store's id and an empty stream",
                    () -> assertThat(redis.with(KilledDrainersIT::keysThatStay)).isEmpty());
            long lines = numbered.verify(directory.resolve("logs"));
            System.out.printf(
                    "KilledDrainersIT: acknowledged=%d landed=%d refused=%d kills=%d%n",
                    numbered.acknowledgedCount(), lines, refused.get(), kills);
            assertThat(refused).hasValue(0);
            assertThat(kills).isPositive();
            assertThat(lines).isEqualTo(EVENTS);
        } finally {
            drainers.forEach(PipelineProcess::kill);
        }
    }

    private static List<String> keysThatStay(RedisCommands<String, String> commands) {
        return commands.keys("*").stream()
                .filter(key -> commands.ttl(key) == -1)
                .filter(key -> !key.equals("logs:store"))
                .filter(key -> !key.equals("logs:pending") || commands.xlen(key) > 0)
                .toList();
    }

    private static boolean anyAlive(List<Thread> threads) {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /** Each producer has users of its own, so that each user's events are sent in order. */
    private static int produce(Numbered numbered, int producer, int port) {
        int refused = 0;
        try (HttpProducer http = new HttpProducer(port)) {
            for (int i = producer; i < EVENTS; i += PRODUCERS) {
                int number = i % USERS / PRODUCERS * PRODUCERS + producer;
                String user = numbered.user(number);
                int sequence = i;
                byte[] body = Numbered.line(user, sequence).getBytes(StandardCharsets.UTF_8);
                if (http.post("application/json", body) == 200) {
                    numbered.acknowledged(user, sequence);
                } else {
                    refused++;
                }
            }
            return refused;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
