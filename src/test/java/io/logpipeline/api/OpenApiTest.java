package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.helidon.common.concurrency.limits.FixedLimit;
import io.logpipeline.access.TokenBuckets;
import io.logpipeline.redis.PushOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The description at /openapi.json against what the server really takes and answers. */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private final ApiServer server = new ApiServer();
    private final Set<String> seen = new TreeSet<>();
    private JsonNode description;

    @BeforeEach
    void read() throws Exception {
        HttpResponse<String> answer = server.send(server.request("/openapi.json").GET().build());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        description = JSON.readTree(answer.body());
        assertThat(description.path("openapi").asText()).startsWith("3.1.");
        assertSchema(
                description.at("/paths/~1openapi.json/get/responses/200/content/application~1json"),
                description);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode responses() {
        return description.at("/paths/~1log/post/responses");
    }

    /** Schemas lean on others of the description. */
    private void assertSchema(JsonNode mediaType, JsonNode value) {
        assertThat(problems(mediaType, value)).isEmpty();
    }

    private Set<?> problems(JsonNode mediaType, JsonNode value) {
        assertThat(mediaType.path("schema").isObject()).as(mediaType.toString()).isTrue();
        var schema = JSON.createObjectNode();
        schema.set("allOf", JSON.createArrayNode().add(mediaType.get("schema")));
        schema.set("components", description.get("components"));
        return SCHEMAS.getSchema(schema).validate(value);
    }

    /** Holds an answer against the description; an undocumented one fails. */
    private void hold(HttpResponse<String> answer) throws IOException {
        String status = Integer.toString(answer.statusCode());
        JsonNode documented = responses().path(status);
        assertThat(documented.isObject()).as("status " + status + " is documented").isTrue();
        if (answer.body().isEmpty()) {
            assertThat(status).isEqualTo("200");
            seen.add("200 empty");
        } else {
            String type = answer.headers().firstValue("Content-Type").orElse("none");
            JsonNode mediaType = documented.path("content").path(type);
            assertThat(mediaType.isObject()).as(status + " as " + type).isTrue();
            assertSchema(mediaType, JSON.readTree(answer.body()));
            seen.add(status + " " + type);
        }
        for (Map.Entry<String, JsonNode> header : documented.path("headers").properties()) {
            String value = answer.headers().firstValue(header.getKey()).orElse("");
            assertThat(value).as(status + " " + header.getKey()).isNotEmpty();
            JsonNode typed =
                    header.getValue().at("/schema/type").asText().equals("integer")
                            ? JSON.readTree(value)
                            : JSON.valueToTree(value);
            assertSchema(header.getValue(), typed);
        }
    }

    @Test
    void eachDocumentedAnswerOccursAndNoOther() throws Exception {
        storedAndInvalid();
        failing();
        turnedAway();

        Set<String> documented = new TreeSet<>(Set.of("200 empty"));
        responses()
                .properties()
                .forEach(answer ->
                        answer.getValue()
                                .path("content")
                                .fieldNames()
                                .forEachRemaining(
                                        type -> documented.add(answer.getKey() + " " + type)));
        assertThat(seen).isEqualTo(documented);
    }

    private void storedAndInvalid() throws Exception {
        String event = ApiServer.EVENT;
        hold(server.post(event));
        hold(server.post("[" + event + "]"));
        hold(server.post("[]"));
        hold(server.post(event + "\n" + event, "Content-Type", "application/x-ndjson"));
        hold(server.post(gzip(event), "Content-Encoding", "gzip"));
        hold(server.post(event, "Idempotency-Key", "k"));
        for (String invalid : List.of("", "{", "{}", "[1]", "null", event + event, "\u0000")) {
            hold(server.post(invalid));
        }
        hold(server.post(event, "Idempotency-Key", "k".repeat(129)));
        hold(server.post("no gzip", "Content-Encoding", "gzip"));
        hold(server.post(event, "Content-Encoding", "br"));
        hold(server.post(event.replace("clicked", "x".repeat(2_000))));
        hold(server.post("[" + " ".repeat(ApiServer.BATCH_BYTES_MAX) + "]"));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private void failing() throws Exception {
        Duration second = Duration.ofSeconds(1);
        List<PushOutcome> outcomes =
                List.of(
                        new PushOutcome.Duplicate(),
                        new PushOutcome.KeyReused(),
                        new PushOutcome.Overloaded(second),
                        new PushOutcome.Failed("Redis is not reachable", second));
        for (PushOutcome outcome : outcomes) {
            server.pushes.answerWith(() -> outcome);
            hold(server.post(ApiServer.EVENT));
        }
    }

    private void turnedAway() throws Exception {
        TokenBuckets none = new TokenBuckets(new TokenBuckets.Rate(1, 1), 10, () -> 0L);
        none.take("123", 1);
        TokenBuckets one = new TokenBuckets(new TokenBuckets.Rate(1, 1), 10, () -> 0L);
        Gate stranger =
                (request, response) -> new Refusal.Unauthorized("no token", "Bearer realm=\"x\"");
        FixedLimit closed = FixedLimit.builder().permits(1).build();
        var held = closed.tryAcquireOutcome(false);
        assertThat(held).isNotNull();
        List<Admission> admissions =
                List.of(
                        new Admission(List.of(stranger), null, null),
                        new Admission(List.of(new MemoryGate(() -> true)), null, null),
                        new Admission(List.of(new ClientRateGate(one)), null, null),
                        new Admission(List.of(), new UserRates(none), null),
                        new Admission(List.of(), null, closed));
        for (Admission admission : admissions) {
            try (ApiServer other = new ApiServer(admission)) {
                hold(other.post(ApiServer.EVENT));
                hold(other.post(ApiServer.EVENT));
            }
        }
    }

    @Test
    void theExamplesAreTaken() throws Exception {
        JsonNode bodies = description.at("/paths/~1log/post/requestBody/content");
        int examples = 0;
        for (Map.Entry<String, JsonNode> body : bodies.properties()) {
            for (JsonNode example : body.getValue().path("examples")) {
                JsonNode value = example.get("value");
                assertSchema(body.getValue(), value);
                String text = value.isTextual() ? value.asText() : value.toString();
                HttpResponse<String> answer = server.post(text, "Content-Type", body.getKey());
                assertThat(answer.statusCode()).as(text).isEqualTo(200);
                examples++;
            }
        }
        assertThat(examples).isEqualTo(3);
        assertThat(server.pushes.lines()).hasSize(5);
    }

    /** What the schema refuses the server refuses; not all rules can be said in a schema. */
    @Test
    void whatTheSchemaRefusesIsRefused() throws Exception {
        JsonNode json = description.at("/paths/~1log/post/requestBody/content/application~1json");
        List<String> invalid = new ArrayList<>();
        for (String member : List.of("user_id", "event", "timestamp")) {
            for (String value : List.of("null", "true", "{}", "[]", "\"\"", "1.5", "-1")) {
                invalid.add(with(member, value));
            }
        }
        invalid.add(with("timestamp", "253402300800"));
        invalid.add(with("user_id", "\"" + "x".repeat(129) + "\""));
        for (String text : invalid) {
            assertThat(problems(json, JSON.readTree(text))).as(text).isNotEmpty();
            assertThat(server.post(text).statusCode()).as(text).isEqualTo(400);
        }
    }

    private static String with(String member, String value) throws IOException {
        var event = (com.fasterxml.jackson.databind.node.ObjectNode) JSON.readTree(ApiServer.EVENT);
        event.set(member, JSON.readTree(value));
        return event.toString();
    }
}
