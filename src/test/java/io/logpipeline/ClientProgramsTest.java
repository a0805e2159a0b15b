package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests as rsyslog, syslog-ng, Vector and Fluent Bit send them with the settings of the README.
 * Those of rsyslog 8.2504.0 (Debian 13's, {@code omhttp} built from the same source package) and
 * syslog-ng 3.38.1 (Debian 12's) were recorded from the running programs, less {@code Host} and
 * {@code Content-Length}. Those of the other two follow their source: Vector's {@code
 * sinks/http/encoder.rs} and {@code config.rs}, Fluent Bit's {@code plugins/out_http/http.c} and
 * {@code flb_pack.c}.
 */
class ClientProgramsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private static Path directory;
    private static RedisProcess redis;
    private static StartedPipeline api;

    private record Fixture(String[] headers, String body) {
        static Fixture read(String name) throws IOException {
            String text = new String(bytes(name + ".http"), StandardCharsets.UTF_8);
            int end = text.indexOf("\n\n");
            List<String> headers = new ArrayList<>();
            text.substring(0, end)
                    .lines()
                    .forEach(line -> headers.addAll(List.of(line.split(": ", 2))));
            return new Fixture(headers.toArray(String[]::new), text.substring(end + 2));
        }
    }

    private static byte[] bytes(String file) throws IOException {
        try (InputStream in = ClientProgramsTest.class.getResourceAsStream("clients/" + file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        }
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        api = StartedPipeline.with(redis.url()).start(directory);
        Await.until("it is ready", () -> api.get("/health/ready").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        api.close();
        redis.close();
    }

    @AfterEach
    void empty() {
        redis.with(server -> server.del("logs:user_123:19818", "logs:user_web-1:19818"));
    }

    private static List<String> stored(String user) {
        return redis.with(server -> server.lrange("logs:user_" + user + ":19818", 0, -1));
    }

    @ParameterizedTest
    @CsvSource({
        "vector-ndjson, 123",
        "vector-json-array, 123",
        "fluent-bit-json, 123",
        "fluent-bit-json-lines, 123",
        "rsyslog-jsonarray, web-1",
        "rsyslog-newline, web-1",
        "syslog-ng-array, web-1",
        "syslog-ng-lines, web-1"
    })
    void aBatchArrivesWholeAndInOrder(String name, String user) throws Exception {
        Fixture fixture = Fixture.read(name);

        HttpResponse<String> answer = api.post(fixture.body(), fixture.headers());

        assertThat(answer.body()).isEqualTo("{\"accepted\":2}");
        assertThat(answer.statusCode()).isEqualTo(200);
        List<JsonNode> events = events(fixture.body());
        assertThat(stored(user).stream().map(ClientProgramsTest::json)).isEqualTo(events);
        assertThat(events).hasSize(2);
    }

    /** Array or lines, by another JSON library. */
    private static List<JsonNode> events(String body) {
        List<JsonNode> events = new ArrayList<>();
        if (body.startsWith("[")) {
            json(body).forEach(events::add);
        } else {
            body.lines()
                    .filter(line -> !line.isEmpty())
                    .map(ClientProgramsTest::json)
                    .forEach(events::add);
        }
        return events;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    /** rsyslog puts a space after each comma and a line break at the end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rsyslog-single|{\"user_id\":\"web-1\","
                        + "\"event\":\"session opened for user root(uid=0)\","
                        + "\"timestamp\":1712345678,\"program\":\"sshd\"}",
                "syslog-ng-single|{\"user_id\":\"web-1\","
                        + "\"timestamp\":1712345678,\"program\":\"sshd\","
                        + "\"event\":\"session opened for user root(uid=0)\"}"
            })
    void aSingleEventIsStoredCompactly(String name, String line) throws Exception {
        Fixture fixture = Fixture.read(name);
        HttpResponse<String> answer = api.post(fixture.body(), fixture.headers());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(stored("web-1")).containsExactly(line);
    }

    /** {@code compress="on"}: the bytes that zlib made of the array. */
    @Test
    void whatRsyslogCompressedArrivesToo() throws Exception {
        Fixture plain = Fixture.read("rsyslog-jsonarray");
        HttpResponse<String> answer = api.postGzip(bytes("rsyslog-jsonarray.gz"), plain.headers());
        assertThat(answer.body()).isEqualTo("{\"accepted\":2}");
        assertThat(stored("web-1").stream().map(ClientProgramsTest::json))
                .isEqualTo(events(plain.body()));
    }

    /** {@code compression = "gzip"}, {@code compress gzip}. */
    @ParameterizedTest
    @ValueSource(strings = {"vector-ndjson", "fluent-bit-json"})
    void compressedItArrivesToo(String name) throws Exception {
        Fixture fixture = Fixture.read(name);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(fixture.body().getBytes(StandardCharsets.UTF_8));
        }
        HttpResponse<String> answer = api.postGzip(compressed.toByteArray(), fixture.headers());
        assertThat(answer.body()).isEqualTo("{\"accepted\":2}");
    }

    /** What these programs send by default, or in formats of other services, is told apart. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vector-without-the-transform|line 1: timestamp: expected an integer",
                "fluent-bit-with-its-own-date|timestamp",
                "fluent-bit-json-stream|after",
                "rsyslog-newline-as-text|after",
                "rsyslog-kafkarest|user_id",
                "rsyslog-lokirest|user_id"
            })
    void otherFormatsAreRefusedWithAReason(String name, String reason) throws Exception {
        Fixture fixture = Fixture.read(name);
        HttpResponse<String> answer = api.post(fixture.body(), fixture.headers());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer.body()).path("details").asText()).contains(reason);
        assertThat(stored("123")).isEmpty();
        assertThat(stored("web-1")).isEmpty();
    }
}
