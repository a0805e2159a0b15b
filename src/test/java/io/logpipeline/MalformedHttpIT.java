package io.logpipeline;

import static io.logpipeline.MalformedRequests.EVENT;
import static io.logpipeline.MalformedRequests.HOST;
import static io.logpipeline.MalformedRequests.POST;
import static io.logpipeline.MalformedRequests.chunked;
import static io.logpipeline.MalformedRequests.expecting;
import static io.logpipeline.MalformedRequests.sized;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RawConnection;
import io.logpipeline.testing.RawConnection.Answer;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not quite HTTP: an error in the one shape or a closed connection, in bounded time. */
class MalformedHttpIT {
    private static final int ENDLESS_BYTES = 256 << 20;

    /** What the server takes, and what is on the way to it. */
    private static final int CUT_OFF_WITHIN_BYTES = 64 << 20;

    @TempDir private static Path directory;
    private static RedisProcess redis;
    private static PipelineProcess api;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        api =
                PipelineProcess.of(directory, "api")
                        .redis(redis.url())
                        .with("SERVER_BODY_TIMEOUT_SECONDS", "2")
                        .with("SERVER_IDLE_TIMEOUT_SECONDS", "3")
                        .jvmOption("-Xmx256m")
                        .jvmOption("-XX:+ExitOnOutOfMemoryError")
                        .startReady();
    }

    @AfterAll
    static void stop() {
        api.close();
        redis.close();
    }

    private static String event(String user, int sequence) {
        return Numbered.line(user, sequence);
    }

    private static List<String> stored(String user) {
        return redis.with(commands -> commands.lrange(Numbered.list(user), 0, -1));
    }

    /** Sends it, and returns what comes until the server closes. */
    private static List<Answer> attack(String bytes, boolean finish) throws IOException {
        try (RawConnection connection = new RawConnection(api.port())) {
            try {
                connection.send(bytes);
                if (finish) {
                    connection.finish();
                }
            } catch (SocketException closedAlready) {
                return connection.readAll();
            }
            return connection.readAll();
        }
    }

    private static void assertServes() {
        assertThat(api.isAlive()).as(api.output()).isTrue();
        assertThat(api.post(event("served", 1)).statusCode()).isEqualTo(200);
        // Neither is it for an operator to read.
        assertThat(api.output()).doesNotContain("OutOfMemory", "Exception", "WARNING");
    }

    @Test
    void everyAttackEndsInAnErrorOfTheShapeOrInAClosedConnection() throws Exception {
        Map<String, Future<List<Answer>>> running = new LinkedHashMap<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (boolean finish : new boolean[] {false, true}) {
                MalformedRequests.attacks()
                        .forEach((name, bytes) ->
                                running.put(
                                        name + (finish ? ", then the end" : ""),
                                        clients.submit(() -> attack(bytes, finish))));
            }
            List<String> problems = new ArrayList<>();
            for (Map.Entry<String, Future<List<Answer>>> each : running.entrySet()) {
                problems.addAll(problemsOf(each.getKey(), each.getValue()));
            }
            assertThat(problems).isEmpty();
        }
        assertThat(stored("raw")).isEmpty();
        assertServes();
    }

    private static List<String> problemsOf(String name, Future<List<Answer>> attack)
            throws InterruptedException {
        List<String> problems = new ArrayList<>();
        try {
            for (Answer answer : attack.get()) {
                answer.assertInShape();
                if (answer.status() == 200 || answer.status() >= 500 && answer.status() < 501) {
                    problems.add(name + ": " + answer.status());
                }
            }
        } catch (ExecutionException failed) {
            problems.add(name + ": " + failed.getCause());
        } catch (AssertionError outOfShape) {
            problems.add(name + ": " + outOfShape.getMessage());
        }
        return problems;
    }

    @Test
    void aLineWithoutEndDoesNotFillTheMemory() throws Exception {
        byte[] zeros = "0".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        long sentBytes = 0;
        try (RawConnection connection = new RawConnection(api.port())) {
            connection.send(chunked(""));
            while (sentBytes < ENDLESS_BYTES) {
                connection.send(zeros);
                sentBytes += zeros.length;
            }
        } catch (SocketException closed) {
            assertThat(sentBytes).isLessThan(CUT_OFF_WITHIN_BYTES);
        }
        assertThat(sentBytes).isLessThan(ENDLESS_BYTES);
        assertServes();
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrderAndStoredInTheirOrder() throws Exception {
        int rounds = 500;
        StringBuilder requests = new StringBuilder();
        List<String> events = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            events.add(event("pipelined", i));
            requests.append(POST).append(sized(event("pipelined", i)));
            requests.append(POST).append(sized("{\"no\":" + i + "}"));
            requests.append("GET /nowhere" + HOST + "\r\n");
            requests.append("PUT /log" + HOST).append(sized(EVENT));
        }
        try (RawConnection connection = new RawConnection(api.port());
                ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sent =
                    sender.submit(() -> {
                        connection.send(requests.toString());
                        return null;
                    });
            for (int i = 0; i < rounds; i++) {
                for (int status : new int[] {200, 400, 404, 405}) {
                    assertThat(connection.read().orElseThrow().assertInShape().status())
                            .isEqualTo(status);
                }
            }
            sent.get();
        }
        assertThat(stored("pipelined")).containsExactlyElementsOf(events);
    }

    @Test
    void aBodyIsAskedForBeforeItIsSent() throws Exception {
        String event = event("expected", 1);
        try (RawConnection connection = new RawConnection(api.port())) {
            connection.send(expecting(event.length()));
            assertThat(connection.read().orElseThrow().status()).isEqualTo(100);
            connection.send(event + POST + sized(event("expected", 2)));
            assertThat(connection.read().orElseThrow().status()).isEqualTo(200);
            assertThat(connection.read().orElseThrow().status()).isEqualTo(200);
        }
        assertThat(stored("expected")).containsExactly(event, event("expected", 2));
    }

    @Test
    void whatFollowsABrokenRequestIsNotTakenForAnother() throws Exception {
        String smuggled = POST + sized(event("smuggled", 1));
        List<String> carriers =
                List.of(
                        POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                        chunked("zz\r\n"),
                        chunked("2\r\n{}\r\nzz\r\n"),
                        POST + "Content-Length: 0\r\nContent-Length: 10\r\n\r\n",
                        POST + "Content-Length: -1\r\n\r\n",
                        POST + "Content-Length: 99999999\r\n\r\n",
                        POST + "X: a\r\n b\r\n\r\n");
        for (String carrier : carriers) {
            for (Answer answer : attack(carrier + smuggled, true)) {
                assertThat(answer.assertInShape().status()).as(carrier).isNotEqualTo(200);
            }
        }
        assertThat(stored("smuggled")).isEmpty();
    }

    @Test
    void clientsThatVanishLeaveNothingBehind() throws Exception {
        for (int i = 0; i < 200; i++) {
            try (RawConnection connection = new RawConnection(api.port())) {
                String body = event("vanished", i);
                connection.send(
                        POST + "Content-Length: " + (body.length() + 1) + "\r\n\r\n" + body);
            }
        }
        assertThat(stored("vanished")).isEmpty();
        assertServes();
    }
}
