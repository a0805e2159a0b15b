package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PushOutcome;
import io.logpipeline.telemetry.RequestOutcome;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedRequestTest {
    private static final String EVENT = ApiServer.EVENT;
    private final ApiServer server = new ApiServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anInvalidEventIsRefusedWithItsPlaceAndNothingIsPushed() throws Exception {
        ApiServer.assertError(
                server.post(
                        EVENT + "\n" + EVENT + "\n{\"timestamp\":\"1\"}",
                        "Content-Type",
                        "application/x-ndjson"),
                400,
                "Invalid JSON format",
                "line 3: timestamp: expected an integer");
        ApiServer.assertError(
                server.post("[" + EVENT + ",{}]"),
                400,
                "Invalid JSON format",
                "line 1: event 2: user_id: missing");
        assertThat(server.pushes.lines()).isEmpty();
        assertThat(server.telemetry.outcomes())
                .containsExactly(RequestOutcome.INVALID, RequestOutcome.INVALID);
        assertThat(server.telemetry.pushes()).isZero();
    }

    @Test
    void anEmptyBodyIsRefused() throws Exception {
        ApiServer.assertError(server.post(""), 400, "Invalid JSON format", "the body is empty");
        ApiServer.assertError(
                server.post("[]"), 400, "Invalid JSON format", "the batch holds no event");
        assertThat(server.exchange("POST /log HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .endsWith("{\"error\":\"Invalid JSON format\",\"details\":\"the body is empty\"}");
    }

    @Test
    void anAnswerBeforeTheLastChunkSaysThatTheConnectionEnds() throws Exception {
        String head = "POST /log HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";
        String chunks = "\r\n2\r\n{}\r\n0\r\n\r\n";
        for (String early : new String[] {"Idempotency-Key: \t\r\n", "Content-Encoding: br\r\n"}) {
            assertThat(server.exchange(head + early + chunks))
                    .contains("\r\nConnection: close\r\n");
        }
        // A body that was read to its end leaves the connection as it is.
        String answers = server.exchange(head + chunks + head + "Idempotency-Key: \t\r\n" + chunks);
        assertThat(ApiServer.statusLines(answers)).hasSize(2);
        assertThat(answers).containsOnlyOnce("\r\nConnection: close\r\n");
    }

    @Test
    void aByteOrderMarkIsRefused() throws Exception {
        ApiServer.assertError(
                server.post("\uFEFF" + EVENT),
                400,
                "Invalid JSON format",
                "line 1, column 1: byte order mark");
    }

    @Test
    void theErrorIsValidJsonWhateverTheNameInIt() throws Exception {
        HttpResponse<String> response = server.post("{\"\\\"\\\\é😀\":1,\"\\\"\\\\é😀\":1}");
        assertThat(response.body())
                .isEqualTo(
                        "{\"error\":\"Invalid JSON format\",\"details\":\"line 1: duplicate member"
                                + " \\\"\\\"\\\\\\u00e9\\ud83d\\ude00\\\"\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 129, 500})
    void anIdempotencyKeyOfAnotherLengthIsRefused(int length) throws Exception {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\nHost: a\r\nConnection: close\r\nIdempotency-Key: "
                                + "k".repeat(length)
                                + "\r\nContent-Length: "
                                + EVENT.length()
                                + "\r\n\r\n"
                                + EVENT);
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .endsWith(
                        "{\"error\":\"Invalid JSON format\",\"details\":\"Idempotency-Key: expected"
                                + " 1 to 128 printable ASCII characters\"}");
        assertThat(server.pushes.lines()).isEmpty();
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u00E9", "a\tb", "a\u007F", "k\r\nIdempotency-Key: k"})
    void anIdempotencyKeyWithOtherCharactersIsRefused(String key) throws Exception {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\nHost: a\r\nConnection: close\r\nIdempotency-Key: "
                                + key
                                + "\r\nContent-Length: "
                                + EVENT.length()
                                + "\r\n\r\n"
                                + EVENT);
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\r\n\r\n{\"error\":\"");
        assertThat(server.pushes.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "999, 1", "1000, 1", "1001, 2", "30000, 30"})
    void overloadIsAnsweredWithASecondToComeAgain(long millis, String retryAfter) throws Exception {
        server.pushes.answerWith(() -> new PushOutcome.Overloaded(Duration.ofMillis(millis)));
        HttpResponse<String> response = server.post(EVENT);
        ApiServer.assertError(
                response, 503, "Overloaded", "too many events are waiting to be stored");
        assertThat(response.headers().firstValue("Retry-After")).contains(retryAfter);
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.OVERLOADED);
        assertThat(server.telemetry.pushes()).isEqualTo(1);
    }

    @Test
    void aFailedPushIsAnsweredWithItsReason() throws Exception {
        server.pushes.answerWith(
                () -> new PushOutcome.Failed("no connection", Duration.ofSeconds(2)));
        HttpResponse<String> response = server.post("[" + EVENT + "]");
        ApiServer.assertError(response, 500, "Redis connection failed", "no connection");
        assertThat(response.headers().firstValue("Retry-After")).contains("2");
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.STORE_FAILED);
        assertThat(server.telemetry.events()).isZero();
    }

    @Test
    void anExceptionShowsNothingOfItself() throws Exception {
        server.pushes.answerWith(() -> {
            throw new IllegalStateException("secret");
        });
        ApiServer.assertError(
                server.post(EVENT), 500, "Internal server error", "the server's log has the cause");
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.STORE_FAILED);
    }

    @Test
    void aClientThatLeavesEarlyStoresNothing() throws Exception {
        byte[] half = EVENT.substring(0, 30).getBytes(StandardCharsets.UTF_8);
        String head = "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: " + EVENT.length();
        assertThat(leaveAfter(head + "\r\n\r\n", half)).isEmpty();
        String chunked = "POST /log HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(leaveAfter(chunked + Integer.toHexString(EVENT.length()) + "\r\n", half))
                .isEmpty();
        // A whole event, but no last chunk: more could have followed.
        byte[] chunk = (EVENT + "\r\n").getBytes(StandardCharsets.UTF_8);
        assertThat(leaveAfter(chunked + Integer.toHexString(EVENT.length()) + "\r\n", chunk))
                .isEmpty();
        assertThat(server.pushes.lines()).isEmpty();
        assertThat(server.telemetry.outcomes()).isEmpty();
        assertThat(server.post(EVENT).statusCode()).isEqualTo(200);
    }

    private String leaveAfter(String head, byte[] body) throws IOException {
        try (Socket socket = server.connect()) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
            socket.shutdownOutput();
            return ApiServer.readAll(socket);
        }
    }

    @Test
    void aBrokenChunkIsRefused() throws IOException {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\n"
                                + "Host: a\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n"
                                + "xyz\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .endsWith(
                        "{\"error\":\"Invalid JSON format\",\"details\":\"the chunks of the"
                                + " body are not valid HTTP/1.1\"}");
        assertThat(server.pushes.lines()).isEmpty();
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.INVALID);
    }

    @Test
    void aRefusedClientThatWaitsForLeaveToSendIsNotGivenIt() throws Exception {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                + "Content-Encoding: br\r\nContent-Length: 10\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 415 ").doesNotContain("100 Continue");
        assertThat(answer.toLowerCase()).contains("connection: close");
        HttpResponse<String> response =
                server.send(
                        server.request("/log")
                                .expectContinue(true)
                                .header("Content-Encoding", "br")
                                .POST(BodyPublishers.ofString(EVENT))
                                .build());
        assertThat(response.statusCode()).isEqualTo(415);
    }
}
