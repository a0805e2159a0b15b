package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the bodies and lines of all clients together may take. */
class BodyMemoryTest {
    private static final int MEMORY_BYTES = 4 << 20;
    private static final int LARGE_BYTES = 100_000;
    private static final int ENDLESS_MEGABYTES = 64;

    private final BodyMemory memory = new BodyMemory(MEMORY_BYTES);
    private final ApiServer api = new ApiServer(memory);

    @AfterEach
    void stop() {
        api.close();
    }

    private static byte[] manyEvents() {
        return (ApiServer.EVENT + "\n")
                .repeat(LARGE_BYTES / ApiServer.EVENT.length())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
            gzip.write(bytes);
        }
        return gzipped.toByteArray();
    }

    private static void assertNoRoom(HttpResponse<String> response) {
        ApiServer.assertError(response, 503, "Overloaded", "too many large bodies at once");
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void aBodyForWhichOthersLeaveNoRoomIsRefusedUntilTheyAreGone() throws Exception {
        byte[] body = manyEvents();
        try (BodyMemory.Share others = memory.share()) {
            assertThat(others.covers(MEMORY_BYTES)).isTrue();

            assertNoRoom(api.post(body, "Content-Type", "application/x-ndjson"));
        }
        assertThat(api.pushes.lines()).isEmpty();

        HttpResponse<String> response = api.post(body, "Content-Type", "application/x-ndjson");
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void whoIsRefusedAmidABodyMaySendItToItsEnd() throws Exception {
        String head =
                "POST /log HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                        + "Content-Length: "
                        + 2 * LARGE_BYTES
                        + "\r\n\r\n";
        try (BodyMemory.Share others = memory.share();
                Socket socket = api.connect()) {
            assertThat(others.covers(MEMORY_BYTES)).isTrue();
            OutputStream out = socket.getOutputStream();
            out.write((head + " ".repeat(LARGE_BYTES)).getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            for (int i = 0; i < LARGE_BYTES / 1000; i++) {
                out.write(new byte[1000]);
            }
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("TTP/1.1 503 ")
                    .endsWith("\"too many large bodies at once\"}");
        }
        assertThat(api.pushes.lines()).isEmpty();
    }

    @Test
    void aBodyThatBecomesLargeWhenItIsInflatedTakesRoomToo() throws Exception {
        byte[] body = gzipped(manyEvents());
        String[] headers = {"Content-Type", "application/x-ndjson", "Content-Encoding", "gzip"};
        assertThat(body.length).isLessThan(16 * 1024);
        try (BodyMemory.Share others = memory.share()) {
            assertThat(others.covers(MEMORY_BYTES)).isTrue();

            assertNoRoom(api.post(body, headers));
        }
        assertThat(api.pushes.lines()).isEmpty();

        assertThat(api.post(body, headers).statusCode()).isEqualTo(200);
    }

    @Test
    void smallBodiesAlwaysHaveRoom() throws Exception {
        try (BodyMemory.Share others = memory.share()) {
            assertThat(others.covers(MEMORY_BYTES)).isTrue();

            assertThat(api.post(ApiServer.EVENT).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void smallBodiesThatComeTogetherAreNotTakenForALargeOne() throws Exception {
        int count = 200;
        String request =
                "POST /log HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s%s"
                        .formatted(
                                ApiServer.BODY_BYTES_MAX,
                                ApiServer.EVENT,
                                " ".repeat(ApiServer.BODY_BYTES_MAX - ApiServer.EVENT.length()));
        String last = request.replace("Host: x", "Host: x\r\nConnection: close");
        try (BodyMemory.Share others = memory.share()) {
            assertThat(others.covers(MEMORY_BYTES)).isTrue();

            String answers = api.exchange(request.repeat(count - 1) + last);

            assertThat(answers.split("HTTP/1.1 200 ", -1)).hasSize(1 + count);
        }
        assertThat(api.pushes.lines()).hasSize(count);
    }

    @Test
    void aHeadForWhichThereIsNoRoomIsToComeAgainLater() throws Exception {
        String request =
                "POST /log?%s HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\nContent-Length: 9000\r\n\r\n%s"
                        .formatted("q".repeat(1900), "h".repeat(15_900), " ".repeat(9000));
        try (BodyMemory.Share others = memory.share()) {
            assertThat(others.covers(MEMORY_BYTES)).isTrue();

            assertThat(api.exchange(request))
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("\r\nRetry-After: 1\r\n")
                    .contains("{\"error\":\"Overloaded\"");
        }
    }

    @Test
    void aLineWithoutEndIsCutOffThoughThereIsRoom() throws Exception {
        String chunked = "POST /log HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        byte[] zeros = "0".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        int taken = 0;
        try (Socket socket = api.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(chunked.getBytes(StandardCharsets.US_ASCII));
            while (taken < ENDLESS_MEGABYTES) {
                out.write(zeros);
                taken++;
            }
        } catch (SocketException cutOff) {
            // As is asked for below; how much the system took in before is its own affair.
        }
        assertThat(taken).isLessThan(ENDLESS_MEGABYTES);
    }
}
