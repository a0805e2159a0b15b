package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PushOutcome;
import io.logpipeline.telemetry.RequestOutcome;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedRequestTest {
    private static final String EVENT = ApiServer.EVENT;
    private final ApiServer server = new ApiServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private static void assertAccepted(HttpResponse<String> response, int events) {
        assertThat(response.body()).isEqualTo("{\"accepted\":" + events + "}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    }

    private static void assertEmpty(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("Content-Length")).contains("0");
        assertThat(response.headers().firstValue("Content-Type")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON; charset=utf-8",
                "application/x-www-form-urlencoded",
                "text/plain",
                "nonsense"
            })
    void oneObjectIsAnsweredWithAnEmptyBodyWhateverItsType(String contentType) throws Exception {
        assertEmpty(server.post(EVENT, "Content-Type", contentType));
        assertThat(server.pushes.lines()).containsExactly(EVENT);
    }

    @Test
    void oneObjectNeedsNoContentType() throws Exception {
        assertEmpty(server.post(" " + EVENT + "\n"));
        assertThat(server.pushes.lines()).containsExactly(EVENT);
        assertThat(server.pushes.idempotencyKeys()).containsExactly((String) null);
    }

    @Test
    void anArrayIsAnsweredWithItsNumberOfEvents() throws Exception {
        assertAccepted(server.post("[" + EVENT + "," + EVENT + "]"), 2);
        assertAccepted(server.post("[" + EVENT + "]", "Content-Type", "application/json"), 1);
        assertThat(server.pushes.lines()).containsExactly(EVENT, EVENT, EVENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-ndjson",
                "application/ndjson",
                "application/jsonl",
                "Application/X-NDJSON;charset=UTF-8",
                "application/jsonl ; a=b"
            })
    void linesAreAnsweredWithTheirNumberOfEvents(String contentType) throws Exception {
        assertAccepted(server.post(EVENT, "Content-Type", contentType), 1);
        assertAccepted(
                server.post(EVENT + "\r\n\n" + EVENT + "\n", "Content-Type", contentType), 2);
        assertThat(server.pushes.lines()).containsExactly(EVENT, EVENT, EVENT);
    }

    @Test
    void aRepeatIsAnsweredTheSameAndCountedAsDuplicate() throws Exception {
        server.pushes.answerWith(PushOutcome.Duplicate::new);
        assertEmpty(server.post(EVENT, "Idempotency-Key", "k"));
        assertAccepted(server.post("[" + EVENT + "," + EVENT + "]", "Idempotency-Key", "k"), 2);
        assertThat(server.telemetry.outcomes())
                .containsExactly(RequestOutcome.DUPLICATE, RequestOutcome.DUPLICATE);
        assertThat(server.telemetry.events()).isZero();
        assertThat(server.telemetry.pushes()).isEqualTo(2);
    }

    @Test
    void eventsAndTheirBytesAreCounted() throws Exception {
        server.post("[" + EVENT + " , " + EVENT + "]");
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.ACCEPTED);
        assertThat(server.telemetry.events()).isEqualTo(2);
        assertThat(server.telemetry.bytes()).isEqualTo(2L * EVENT.length());
        assertThat(server.telemetry.pushes()).isEqualTo(1);
    }

    @Test
    void theIdempotencyKeyIsPassedOn() throws Exception {
        String longest = "~".repeat(128);
        server.post(EVENT, "Idempotency-Key", "a b\"!");
        server.post(EVENT, "Idempotency-Key", longest);
        assertThat(server.pushes.idempotencyKeys()).containsExactly("a b\"!", longest);
    }

    @Test
    void aBodyWithoutContentLengthIsRead() throws Exception {
        byte[] half = (EVENT + "\n").repeat(20).getBytes();
        HttpResponse<String> response =
                server.send(
                        server.request("/log")
                                .header("Content-Type", "application/x-ndjson")
                                .POST(BodyPublishers.ofByteArrays(List.of(half, half)))
                                .build());
        assertAccepted(response, 40);
        assertThat(server.pushes.lines()).isEqualTo(Collections.nCopies(40, EVENT));
    }

    @Test
    void chunksMayCutAnywhere() throws IOException {
        StringBuilder request =
                new StringBuilder(
                        "POST /log HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n");
        for (char c : EVENT.toCharArray()) {
            request.append("1\r\n").append(c).append("\r\n");
        }
        String answer = server.exchange(request + "0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        assertThat(server.pushes.lines()).containsExactly(EVENT);
    }

    @Test
    void aClientThatWaitsForLeaveToSendIsGivenIt() throws Exception {
        String event = EVENT.replace("clicked_button", "x".repeat(800));
        HttpResponse<String> response =
                server.send(
                        server.request("/log")
                                .expectContinue(true)
                                .POST(BodyPublishers.ofString(event))
                                .build());
        assertEmpty(response);
        assertThat(server.pushes.lines()).containsExactly(event);
    }

    @Test
    void requestsInARowOnOneConnectionAreAnsweredInOrder() throws IOException {
        String head = "POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: ";
        String good = head + EVENT.length() + "\r\n\r\n" + EVENT;
        String last = good.replace("Host: a", "Host: a\r\nConnection: close");
        String answer = server.exchange(good + head + "2\r\n\r\n{}" + last);
        assertThat(ApiServer.statusLines(answer))
                .containsExactly("HTTP/1.1 200 OK", "HTTP/1.1 400 Bad Request", "HTTP/1.1 200 OK");
        assertThat(server.pushes.lines()).hasSize(2);
    }
}
