package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ids and bodies that break naive pipelines, through the whole of ours. */
class OddEventsIT {
    @TempDir private Path directory;

    private static final Map<String, String> ENCODED = new LinkedHashMap<>();

    static {
        ENCODED.put("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd");
        ENCODED.put("a:b", "a%3Ab");
        ENCODED.put("{x}", "%7Bx%7D");
        ENCODED.put("*", "%2A");
        ENCODED.put("..", "..");
        ENCODED.put("100%", "100%25");
        ENCODED.put("\uD83D\uDE80", "%F0%9F%9A%80");
        ENCODED.put("a b\\c\"d", "a%20b%5Cc%22d");
        ENCODED.put("x".repeat(128), "x".repeat(128));
    }

    private static String event(String userId) {
        String escaped = new String(JsonStringEncoder.getInstance().quoteAsString(userId));
        return "{\"user_id\":\"" + escaped + "\",\"event\":\"e\",\"timestamp\":1712345678}";
    }

    @Test
    void idsAreAcceptedUnderTheirCanonicalKeyAndReadBackFromTheRightFile() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            try (PipelineProcess api =
                    PipelineProcess.of(directory, "api").redis(redis.url()).startReady()) {
                for (Map.Entry<String, String> id : ENCODED.entrySet()) {
                    assertThat(api.post(event(id.getKey())).statusCode()).isEqualTo(200);
                    String key = "logs:user_" + id.getValue() + ":19818";
                    List<String> stored = redis.with(commands -> commands.lrange(key, 0, -1));
                    assertThat(stored).as(key).containsExactly(event(id.getKey()));
                }
            }
            try (PipelineProcess drainer =
                    PipelineProcess.of(directory, "drainer").redis(redis.url()).startReady()) {
                for (Map.Entry<String, String> id : ENCODED.entrySet()) {
                    Path file = directory.resolve("logs/user_" + id.getValue() + "/19818.jsonl");
                    Await.until(
                            file + " has the event",
                            () -> Files.readString(file).equals(event(id.getKey()) + "\n"));
                }
                assertThat(drainer.isAlive()).isTrue();
            }
            try (Stream<Path> users = Files.list(directory.resolve("logs"))) {
                assertThat(users.filter(Files::isDirectory)).hasSize(ENCODED.size());
            }
        }
    }

    @Test
    void whatIsInvalidIsRefusedWithItsPlaceAndNothingIsStored() throws Exception {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        bodies.put("user_id", utf8(event("x".repeat(129))));
        bodies.put("user_id: ", utf8("{\"user_id\":\"a\\u0007\",\"event\":\"e\",\"timestamp\":1}"));
        bodies.put("user_id:", utf8("{\"user_id\":7,\"event\":\"e\",\"timestamp\":1}"));
        bodies.put("event", utf8("{\"user_id\":\"a\",\"event\":null,\"timestamp\":1}"));
        bodies.put("timestamp", utf8("{\"user_id\":\"a\",\"event\":\"e\",\"timestamp\":\"1\"}"));
        bodies.put("duplicate member", utf8("{\"user_id\":\"a\",\"event\":\"e\",\"event\":\"f\"}"));
        bodies.put("column 9", utf8("{\"x\": 1,NaN}"));
        bodies.put("line 1", utf8("{\"a\":".repeat(40) + "1" + "}".repeat(40)));
        bodies.put("line 1,", utf8("{\"user_id\":\"a\",\"event\":\"e\""));
        bodies.put("line 1, column", utf8(event("a") + "x"));
        bodies.put("byte", utf8("\uFEFF" + event("a")));
        bodies.put("byte ", new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'});
        bodies.put("empty", new byte[0]);
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api =
                        PipelineProcess.of(directory, "api").redis(redis.url()).startReady()) {
            for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
                HttpResponse<String> answer = post(api, body.getValue());
                String shown = new String(body.getValue(), StandardCharsets.UTF_8);
                assertThat(answer.statusCode()).as(shown).isEqualTo(400);
                var error = new ObjectMapper().readTree(answer.body());
                assertThat(error.get("error").asText()).isEqualTo("Invalid JSON format");
                System.out.println(
                        "400 "
                                + shown.substring(0, Math.min(40, shown.length()))
                                + " -> "
                                + error.get("details").asText());
                assertThat(error.get("details").asText()).as(shown).contains(body.getKey().strip());
            }
            List<String> stored = redis.with(commands -> commands.keys("logs:user_*"));
            assertThat(stored).isEmpty();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> post(PipelineProcess api, byte[] body)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + api.port() + "/log"))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
