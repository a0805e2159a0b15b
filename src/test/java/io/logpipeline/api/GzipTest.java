package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.telemetry.RequestOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipTest {
    private static final String EVENT = ApiServer.EVENT;
    private final ApiServer server = new ApiServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private HttpResponse<String> postGzip(byte[] body) throws Exception {
        return server.post(body, "Content-Encoding", "gzip");
    }

    private void assertDamaged(HttpResponse<String> response, String details) {
        ApiServer.assertError(response, 400, "Invalid JSON format", details);
        assertThat(server.pushes.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP"})
    void aCompressedBodyIsInflated(String encoding) throws Exception {
        HttpResponse<String> response =
                server.post(gzip("[" + EVENT + "]"), "Content-Encoding", encoding);
        assertThat(response.body()).isEqualTo("{\"accepted\":1}");
        assertThat(server.pushes.lines()).containsExactly(EVENT);
    }

    @Test
    void compressedLinesAreInflated() throws Exception {
        String lines = (EVENT + "\n").repeat(1_000);
        HttpResponse<String> response =
                server.post(
                        gzip(lines),
                        "Content-Encoding",
                        "gzip",
                        "Content-Type",
                        "application/x-ndjson");
        assertThat(response.body()).isEqualTo("{\"accepted\":1000}");
        assertThat(server.pushes.lines()).hasSize(1_000);
    }

    @Test
    void concatenatedMembersAreOneBody() throws Exception {
        byte[] body = joined(gzip(EVENT.substring(0, 20)), gzip(EVENT.substring(20)));
        assertThat(postGzip(body).statusCode()).isEqualTo(200);
        assertThat(postGzip(joined(body, gzip(""))).statusCode()).isEqualTo(200);
        assertThat(server.pushes.lines()).containsExactly(EVENT, EVENT);
    }

    @Test
    void emptyMembersAreSkippedHoweverManyThereAre() throws Exception {
        byte[] empty = gzip("");
        byte[] members = new byte[empty.length * (ApiServer.BATCH_BYTES_MAX / empty.length - 10)];
        for (int at = 0; at < members.length; at += empty.length) {
            System.arraycopy(empty, 0, members, at, empty.length);
        }
        assertThat(postGzip(joined(members, gzip(EVENT))).statusCode()).isEqualTo(200);
        assertThat(server.pushes.lines()).containsExactly(EVENT);
        ApiServer.assertError(postGzip(members), 400, "Invalid JSON format", "the body is empty");
    }

    /** With extra field, name, comment and the header's own checksum. */
    private static byte[] gzipWithAllFields() throws IOException {
        byte[] plain = gzip(EVENT);
        byte[] head = Arrays.copyOf(plain, 10);
        head[3] = 0b11110;
        byte[] fields =
                joined(
                        head,
                        new byte[] {3, 0, 0, 1, 2},
                        "n\0c c\0".getBytes(StandardCharsets.US_ASCII));
        CRC32 checksum = new CRC32();
        checksum.update(fields);
        byte[] low = {(byte) checksum.getValue(), (byte) (checksum.getValue() >> 8)};
        return joined(fields, low, Arrays.copyOfRange(plain, 10, plain.length));
    }

    @Test
    void aHeaderMayHaveEveryField() throws Exception {
        assertThat(postGzip(gzipWithAllFields()).statusCode()).isEqualTo(200);
        assertThat(server.pushes.lines()).containsExactly(EVENT);
    }

    @Test
    void aHeaderThatIsCutOffOrDamagedIsRefused() throws Exception {
        byte[] whole = gzipWithAllFields();
        for (int length = 0; length < 25; length++) {
            assertDamaged(postGzip(Arrays.copyOf(whole, length)), "the gzip data ends too early");
        }
        for (int damaged : new int[] {0, 1, 2, 14, 15, 18, 19, 22}) {
            byte[] body = whole.clone();
            body[damaged] ^= 1;
            assertDamaged(postGzip(body), "the gzip data is damaged");
        }
        byte[] reserved = whole.clone();
        reserved[3] |= (byte) 0x80;
        assertDamaged(postGzip(reserved), "the gzip data is damaged");
    }

    @Test
    void aWrongSizeIsRefused() throws Exception {
        byte[] body = gzip(EVENT);
        body[body.length - 1] ^= 1;
        assertDamaged(postGzip(body), "the gzip data is damaged");
    }

    @Test
    void identityIsNoEncoding() throws Exception {
        assertThat(server.post(EVENT, "Content-Encoding", "identity").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "gzip,br"})
    void anotherEncodingIsRefused(String encoding) throws Exception {
        HttpResponse<String> response = server.post(EVENT, "Content-Encoding", encoding);
        ApiServer.assertError(
                response,
                415,
                "Unsupported content encoding",
                "Content-Encoding: expected gzip or identity");
        assertThat(response.headers().firstValue("Accept-Encoding")).contains("gzip");
        assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.INVALID);
        assertThat(server.pushes.lines()).isEmpty();
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
        byte[] whole = gzip(EVENT);
        for (int length = 0; length < whole.length; length++) {
            assertDamaged(postGzip(Arrays.copyOf(whole, length)), "the gzip data ends too early");
        }
    }

    @Test
    void whatIsNotGzipIsRefused() throws Exception {
        assertDamaged(postGzip(EVENT.getBytes(StandardCharsets.UTF_8)), "the gzip data is damaged");
    }

    @Test
    void aWrongChecksumIsRefused() throws Exception {
        byte[] body = gzip(EVENT);
        body[body.length - 8] ^= 1;
        assertDamaged(postGzip(body), "the gzip data is damaged");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 18, 19, 100, 1_000})
    void bytesBehindTheGzipDataAreRefused(int count) throws Exception {
        byte[] garbage = new byte[count];
        new Random(count).nextBytes(garbage);
        assertDamaged(
                postGzip(joined(gzip(EVENT), garbage)), "unexpected bytes after the gzip data");
    }

    @Test
    void aSecondMemberThatIsCutOffIsRefused() throws Exception {
        byte[] second = gzip("\n".repeat(100));
        for (int length = 1; length < second.length; length++) {
            byte[] body = joined(gzip(EVENT), Arrays.copyOf(second, length));
            assertThat(postGzip(body).statusCode()).as("%d bytes", length).isEqualTo(400);
        }
        assertThat(server.pushes.lines()).isEmpty();
    }

    @Test
    void theLimitAppliesToTheInflatedSize() throws Exception {
        byte[] object = gzip(EVENT + " ".repeat(ApiServer.BODY_BYTES_MAX));
        ApiServer.assertError(
                postGzip(object), 413, "Payload too large", "the limit is 1000 bytes");
        byte[] bomb = gzip("[" + " ".repeat(100_000_000));
        assertThat(bomb.length).isLessThan(ApiServer.BATCH_BYTES_MAX);
        ApiServer.assertError(
                postGzip(bomb), 413, "Payload too large", "the limit is 200000 bytes");
        assertThat(server.telemetry.outcomes())
                .containsExactly(RequestOutcome.TOO_LARGE, RequestOutcome.TOO_LARGE);
        assertThat(server.pushes.lines()).isEmpty();
    }
}
