package io.logpipeline;

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
    private static final String EVENT =
            "{\"user_id\":\"raw\",\"event\":\"e\",\"timestamp\":1712345678}";
    private static final String HOST = " HTTP/1.1\r\nHost: a\r\n";
    private static final String POST = "POST /log" + HOST;
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

    private static String sized(String body) {
        return "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String event(String user, int sequence) {
        return Numbered.line(user, sequence);
    }

    private static List<String> stored(String user) {
        return redis.with(commands -> commands.lrange(Numbered.list(user), 0, -1));
    }

    /** Nothing of them may be taken for a whole request. */
    private static Map<String, String> attacks() {
        Map<String, String> attacks = new LinkedHashMap<>();
        attacks.put("nothing but line breaks", "\r\n\r\n\r\n");
        attacks.put("nul bytes", "\0".repeat(5_000));
        attacks.put("a nul in the path", "POST /log\0" + HOST + sized(EVENT));
        attacks.put("a nul in a header", POST + "X: a\0b\r\n" + sized(EVENT));
        attacks.put("tls", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n");
        attacks.put("http/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        attacks.put("http/1.0", "POST /log HTTP/1.0\r\n" + sized(EVENT));
        attacks.put("http/0.9", "GET /log\r\n");
        attacks.put("http/9", "POST /log HTTP/9.9\r\nHost: a\r\n" + sized(EVENT));
        attacks.put("no method", " /log" + HOST + sized(EVENT));
        attacks.put("a method that is no token", "P@ST /log" + HOST + sized(EVENT));
        attacks.put("a method of one byte", "\u00e9 /log" + HOST + sized(EVENT));
        attacks.put("no path", "POST HTTP/1.1\r\nHost: a\r\n" + sized(EVENT));
        attacks.put("two spaces", "POST  /log" + HOST + sized(EVENT));
        attacks.put("a long path", "POST /" + "x".repeat(1 << 20) + HOST + sized(EVENT));
        attacks.put("a long method", "P".repeat(1 << 20) + " /log" + HOST + sized(EVENT));
        attacks.put("bare line feeds", "POST /log HTTP/1.1\nHost: a\nContent-Length: 0\n\n");
        attacks.put("bare carriage returns", "POST /log HTTP/1.1\rHost: a\r\r");
        attacks.put("no host", "POST /log HTTP/1.1\r\n" + sized(EVENT));
        attacks.put("two hosts", POST + "Host: b\r\n" + sized(EVENT));
        attacks.put("a header without a colon", POST + "nonsense\r\n" + sized(EVENT));
        attacks.put("a folded header", POST + "X: a\r\n b\r\n" + sized(EVENT));
        attacks.put("a space before the colon", POST + "Content-Length : 3\r\n\r\n{}x");
        attacks.put("a huge header", POST + "X: " + "y".repeat(1 << 20) + "\r\n" + sized(EVENT));
        attacks.put("10,000 headers", POST + manyHeaders(10_000) + sized(EVENT));
        attacks.put("length and chunks", POST + "Transfer-Encoding: chunked\r\n" + sized(EVENT));
        attacks.put("a negative length", POST + "Content-Length: -5\r\n\r\n" + EVENT);
        attacks.put("a length with a sign", POST + "Content-Length: +5\r\n\r\n" + EVENT);
        attacks.put("a hexadecimal length", POST + "Content-Length: 0x10\r\n\r\n" + EVENT);
        attacks.put("an empty length", POST + "Content-Length: \r\n\r\n" + EVENT);
        attacks.put("a length over 64 bits", POST + "Content-Length: 99999999999999999999\r\n\r\n");
        attacks.put("two lengths", POST + "Content-Length: 4\r\n" + sized(EVENT));
        attacks.put("a list of lengths", POST + "Content-Length: 4, 57\r\n\r\n" + EVENT);
        attacks.put("an unknown coding", POST + "Transfer-Encoding: gzip\r\n\r\n" + EVENT);
        attacks.put("chunked is not last", POST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n");
        attacks.put("chunked twice", chunked("x").replace("chunked", "chunked, chunked"));
        attacks.put("a chunk size that is none", chunked("zz\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a negative chunk size", chunked("-1\r\n{}\r\n0\r\n\r\n"));
        attacks.put("an empty chunk size", chunked("\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size over 32 bits", chunked("100000000\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size over 64 bits", chunked("f".repeat(40) + "\r\n{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size that does not end", chunked("0".repeat(100_000)));
        attacks.put("a chunk longer than it says", chunked("2\r\n{}{}\r\n0\r\n\r\n"));
        attacks.put("a chunk size with a sign", chunked(chunkOf("+", EVENT)));
        attacks.put("a chunk without its line break", chunked(chunkOf("", EVENT + "X")));
        attacks.put("endless extensions", chunked(chunkOf(";" + "x".repeat(1 << 20), EVENT)));
        attacks.put("a last chunk that is missing", chunked("2\r\n{}\r\n"));
        attacks.put("trailers", chunked("2\r\n{}\r\n0\r\nX: y\r\n\r\n"));
        attacks.put("less body than said", POST + "Content-Length: 100\r\n\r\n" + EVENT);
        attacks.put("no body", POST + "Content-Length: 100\r\n\r\n");
        attacks.put("half a head", POST + "Content-Le");
        attacks.put("half a first line", "POST /lo");
        attacks.put("an expectation unknown", POST + "Expect: gold\r\nContent-Length: 9\r\n\r\n");
        attacks.put("a continue that is not used", expecting(100));
        attacks.put(
                "an upgrade to http/2",
                "GET /log"
                        + HOST
                        + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
        attacks.put("an upgrade to a web socket", "GET /log" + HOST + "Upgrade: websocket\r\n\r\n");
        attacks.put("connect", "CONNECT a:443" + HOST + "\r\n");
        attacks.put("an absolute path", "GET http://a/log" + HOST + "\r\n");
        attacks.put("an asterisk", "OPTIONS *" + HOST + "\r\n");
        attacks.put("a path out of the root", "GET /../../etc/passwd" + HOST + "\r\n");
        attacks.put("a bad percent", "GET /%zz%" + HOST + "\r\n");
        return attacks;
    }

    private static String chunked(String chunks) {
        return POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
    }

    private static String chunkOf(String before, String data) {
        String size = Integer.toHexString(EVENT.length());
        return before + size + "\r\n" + data + "\r\n0\r\n\r\n";
    }

    private static String expecting(int length) {
        return POST + "Expect: 100-continue\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String manyHeaders(int count) {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < count; i++) {
            headers.append("X-").append(i).append(": y\r\n");
        }
        return headers.toString();
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
                attacks()
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
