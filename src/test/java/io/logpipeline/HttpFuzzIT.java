package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RawConnection;
import io.logpipeline.testing.RawConnection.Answer;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies near to valid, over keep-alive connections: each answer is one of the contract's, and
 * Redis holds as many events as were acknowledged. {@code -Dlogpipeline.seed} replays a run.
 */
class HttpFuzzIT {
    private static final int CLIENTS = 4;
    private static final int REQUESTS = 1_000;
    private static final int CHAOS_FACTOR = 100;
    private static final Set<Integer> STATUSES = Set.of(200, 400, 413, 415);
    private static final ObjectMapper STRICT =
            new ObjectMapper()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @TempDir private Path directory;

    /** What one client saw. */
    private static final class Tally {
        final Map<Integer, Integer> statuses = new TreeMap<>();
        long acknowledged;
        int retried;
    }

    @Test
    void everyAnswerIsOfTheContractAndEveryAcknowledgedEventIsStoredOnce() throws Exception {
        long seed = Long.getLong("logpipeline.seed", System.nanoTime());
        int requests = REQUESTS * (Boolean.getBoolean("logpipeline.chaos") ? CHAOS_FACTOR : 1);
        System.out.println("HttpFuzzIT -Dlogpipeline.seed=" + seed);
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api = start(redis);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Tally>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                FuzzedRequests fuzzed = new FuzzedRequests(seed + i, "client" + i + "-");
                running.add(clients.submit(() -> run(api.port(), fuzzed, requests)));
            }
            long acknowledged = 0;
            for (Future<Tally> each : running) {
                Tally tally = each.get();
                System.out.println(
                        tally.statuses
                                + " events="
                                + tally.acknowledged
                                + " retried="
                                + tally.retried);
                assertThat(tally.statuses).as("seed " + seed).containsKeys(200, 400, 413, 415);
                assertThat(tally.retried).isPositive();
                acknowledged += tally.acknowledged;
            }
            assertThat(storedEvents(redis)).as("seed " + seed).isEqualTo(acknowledged);
            assertThat(api.metric("log_pipeline_events_accepted_total"))
                    .isEqualTo((double) acknowledged);
            assertThat(api.output()).doesNotContain("Exception", "WARNING");
        }
    }

    private PipelineProcess start(RedisProcess redis) {
        return PipelineProcess.of(directory, "api")
                .redis(redis.url())
                .with("SERVER_MAX_BODY_BYTES", "4096")
                .with("SERVER_MAX_BATCH_BYTES", "65536")
                .with("REDIS_KEY_EXPIRATION_SECONDS", "86400")
                .startReady();
    }

    private static Tally run(int port, FuzzedRequests fuzzed, int requests) throws IOException {
        Tally tally = new Tally();
        RawConnection connection = new RawConnection(port);
        try {
            for (int i = 0; i < requests; i++) {
                FuzzedRequests.Request request = fuzzed.next();
                Answer answer = exchange(connection, request);
                tally.statuses.merge(answer.status(), 1, Integer::sum);
                tally.acknowledged += acknowledged(answer);
                if (answer.closes()) {
                    connection.close();
                    connection = new RawConnection(port);
                }
                if (request.retryable() && answer.status() == 200) {
                    tally.retried++;
                    Answer again = exchange(connection, request);
                    assertThat(again.status()).isEqualTo(200);
                    assertThat(again.body()).isEqualTo(answer.body());
                }
            }
        } finally {
            connection.close();
        }
        return tally;
    }

    private static Answer exchange(RawConnection connection, FuzzedRequests.Request request)
            throws IOException {
        try {
            connection.send(request.bytes());
        } catch (SocketException refusedBeforeItsEnd) {
            // The answer is there.
        }
        Optional<Answer> answer = connection.read();
        String shown = new String(request.bytes(), StandardCharsets.ISO_8859_1);
        assertThat(answer).as(shown).isPresent();
        assertThat(answer.get().assertInShape().status()).as(shown).isIn(STATUSES);
        return answer.get();
    }

    private static long acknowledged(Answer answer) throws IOException {
        if (answer.status() != 200) {
            return 0;
        }
        if (answer.body().isEmpty()) {
            return 1;
        }
        JsonNode body = STRICT.readTree(answer.body());
        assertThat(body.size()).isEqualTo(1);
        return body.get("accepted").longValue();
    }

    private static long storedEvents(RedisProcess redis) {
        return redis.with(HttpFuzzIT::storedEvents);
    }

    private static long storedEvents(RedisCommands<String, String> commands) {
        long count = 0;
        for (String list : commands.keys("logs:user_*")) {
            for (String element : commands.lrange(list, 0, -1)) {
                assertStorable(element);
                count++;
            }
        }
        return count;
    }

    private static void assertStorable(String element) {
        assertThat(element).doesNotContain("\n", "\r");
        try {
            JsonNode event = STRICT.readTree(element);
            assertThat(event.get("user_id").isTextual()).as(element).isTrue();
            assertThat(event.get("event").isTextual()).as(element).isTrue();
            assertThat(event.get("timestamp").isIntegralNumber()).as(element).isTrue();
        } catch (IOException malformed) {
            throw new AssertionError(element, malformed);
        }
    }
}
