package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.telemetry.RequestOutcome;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BodyLimitTest {
    private static final String EVENT = ApiServer.EVENT;
    private static final int OBJECT = ApiServer.BODY_BYTES_MAX;
    private static final int BATCH = ApiServer.BATCH_BYTES_MAX;
    private final ApiServer server = new ApiServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private static String padded(String json, int bytes) {
        return json + " ".repeat(bytes - json.length());
    }

    private void assertTooLarge(HttpResponse<String> response, int limit) {
        ApiServer.assertError(
                response, 413, "Payload too large", "the limit is " + limit + " bytes");
        assertThat(response.headers().firstValue("Connection")).contains("close");
        assertThat(server.pushes.lines()).isEmpty();
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.TOO_LARGE);
    }

    private HttpResponse<String> postChunked(String body, String contentType) throws Exception {
        return server.send(
                server.request("/log")
                        .header("Content-Type", contentType)
                        .POST(
                                BodyPublishers.ofInputStream(() ->
                                        new ByteArrayInputStream(
                                                body.getBytes(StandardCharsets.UTF_8))))
                        .build());
    }

    @Test
    void aBodyOfExactlyTheLimitIsAccepted() throws Exception {
        assertThat(server.post(padded(EVENT, OBJECT)).statusCode()).isEqualTo(200);
        assertThat(server.post(padded("[" + EVENT + "]", OBJECT)).statusCode()).isEqualTo(200);
        assertThat(server.post(padded("[" + EVENT + "]", OBJECT + 1)).statusCode()).isEqualTo(200);
        assertThat(server.post(padded("[" + EVENT + "]", BATCH)).statusCode()).isEqualTo(200);
        String lines = padded(EVENT + "\n", BATCH);
        assertThat(server.post(lines, "Content-Type", "application/jsonl").statusCode())
                .isEqualTo(200);
        assertThat(postChunked(lines, "application/jsonl").statusCode()).isEqualTo(200);
        assertThat(postChunked(padded(EVENT, OBJECT), "application/json").statusCode())
                .isEqualTo(200);
        assertThat(server.pushes.lines()).hasSize(7).containsOnly(EVENT);
    }

    @Test
    void anObjectOfOneByteMoreIsRefused() throws Exception {
        assertTooLarge(server.post(padded(EVENT, OBJECT + 1)), OBJECT);
    }

    @Test
    void anArrayOfOneByteMoreIsRefused() throws Exception {
        assertTooLarge(server.post(padded("[" + EVENT + "]", BATCH + 1)), BATCH);
    }

    @Test
    void linesOfOneByteMoreAreRefused() throws Exception {
        assertTooLarge(
                server.post(padded(EVENT + "\n", BATCH + 1), "Content-Type", "application/jsonl"),
                BATCH);
    }

    @Test
    void aChunkedObjectOfOneByteMoreIsRefused() throws Exception {
        assertTooLarge(postChunked(padded(EVENT, OBJECT + 1), "application/json"), OBJECT);
    }

    @Test
    void chunkedLinesOfOneByteMoreAreRefused() throws Exception {
        assertTooLarge(postChunked(padded(EVENT + "\n", BATCH + 1), "application/jsonl"), BATCH);
    }

    @Test
    void aClientThatIsStillSendingGetsTheAnswer() throws Exception {
        int length = 2 * BATCH;
        try (Socket socket = server.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            // The answer comes before the body does ...
            byte[] status = new byte[13];
            assertThat(socket.getInputStream().readNBytes(status, 0, 13)).isEqualTo(13);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413 ");
            // ... and the body is still taken, to its end, with no reset.
            for (int sent = 0; sent < length; sent += 1_000) {
                out.write(new byte[1_000]);
            }
            assertThat(ApiServer.readAll(socket)).endsWith("\"the limit is 200000 bytes\"}");
        }
    }

    @Test
    void aBodyBeyondWhatIsDrainedIsRefusedUnread() throws Exception {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 413 ")
                .contains("{\"error\":\"Payload too large\",\"details\":\"");
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.TOO_LARGE);
    }

    @Test
    void oneHugeChunkIsRefusedBeforeItTakesMemory() throws Exception {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "7fffffff\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 413 ")
                .endsWith(
                        "{\"error\":\"Payload too large\",\"details\":\"the limit is 200000"
                                + " bytes\"}");
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.TOO_LARGE);
    }

    @Test
    void aTooLargeBodyIsNotAskedFor() throws Exception {
        String answer =
                server.exchange(
                        "POST /log HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                + "Content-Length: 200001\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413 ").doesNotContain("100 Continue");
    }

    @Test
    void aConnectionIsNotReusedAfterATooLargeBody() throws Exception {
        String body = padded(EVENT, OBJECT + 1);
        String request =
                "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n";
        String answer = server.exchange(request + body + "GET /smuggled HTTP/1.1\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413 ").containsOnlyOnce("HTTP/1.1");
    }

    @Test
    void limitsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new BodyLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BodyLimits(2, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
