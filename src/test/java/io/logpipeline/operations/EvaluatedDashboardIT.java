package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logpipeline.SwitchedMain;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of the dashboard, every alert rule and {@code /metrics} itself, by a real Prometheus
 * that scrapes real processes under load while a disk fills, a drainer is killed and Redis goes
 * away.
 *
 * <p>Leaves {@code target/dashboard-preview.html}: the results drawn as the dashboard's rows.
 * {@code -Dlogpipeline.preview.seconds} makes the run, and its picture, longer.
 */
@EnabledIfSystemProperty(
        named = Tools.PROPERTY,
        matches = ".+",
        disabledReason = "needs prometheus and promtool: .ci/run brings them, and fails without")
class EvaluatedDashboardIT {
    private static final Path RULES = Path.of("grafana/alerts.yaml");
    private static final Path PREVIEW = Path.of("target/dashboard-preview.html");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path directory;

    private final Instant start = Instant.now();

    @Test
    void noPanelIsEmptyAndNoAlertRuleFails() throws Exception {
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes");
                PipelineProcess all = process("all", redis).startReady();
                PipelineProcess api = process("api", redis).startReady();
                PipelineProcess drainer = process("drainer", redis).startReady();
                PipelineProcess victim = process("drainer", redis).startReady();
                PrometheusServer prometheus =
                        PrometheusServer.start(
                                directory,
                                RULES,
                                List.of(all.port(), api.port(), drainer.port(), victim.port()));
                Load one = new Load(all.port(), "a");
                Load two = new Load(api.port(), "b")) {
            calm();
            trouble(redis, all, victim);
            calm();
            Map<String, JsonNode> results = awaitAllPanels(prometheus);
            assertRulesAreHealthy(prometheus);
            assertPromtoolAccepts(all);
            assertPromtoolAccepts(api);
            writePreview(results);
            assertThat(one).isNotEqualTo(two);
        }
    }

    private PipelineProcess.Builder process(String role, RedisProcess redis) {
        return PipelineProcess.of(directory, role)
                .redis(redis.url())
                .mainClass(SwitchedMain.class)
                .with("DRAINER_LEASE_SECONDS", "3");
    }

    /** Half of the time that a picture is to show, without trouble. */
    private static void calm() {
        long seconds = Long.getLong("logpipeline.preview.seconds", 0);
        Instant end = Instant.now().plus(Duration.ofSeconds(seconds).dividedBy(2));
        Await.until("time goes by", Duration.ofHours(1), () -> Instant.now().isAfter(end));
    }

    private void trouble(RedisProcess redis, PipelineProcess all, PipelineProcess victim)
            throws Exception {
        Await.until("it drains", () -> all.metric("log_pipeline_events_drained_total") > 0);
        Path full = Files.createFile(directory.resolve(SwitchedMain.DISK_IS_FULL));
        Await.until(
                "drains fail",
                () -> all.metric("log_pipeline_drain_failures_total", "reason", "disk_full") > 0);
        Files.delete(full);
        redis.with(commands -> commands.rpush(Numbered.list("direct"), Numbered.line("direct", 1)));
        victim.kill();
        redis.kill();
        Await.until(
                "requests fail",
                () -> all.metric("log_pipeline_requests_total", "outcome", "store_failed") > 0);
        redis.restart();
        all.awaitReady();
    }

    private Map<String, JsonNode> awaitAllPanels(PrometheusServer prometheus) throws Exception {
        List<Dashboard.Query> queries = Dashboard.read().queries();
        Map<String, JsonNode> results = new TreeMap<>();
        Await.until(
                "every query of every panel has data",
                Duration.ofMinutes(3),
                () -> {
                    List<String> empty = new ArrayList<>();
                    for (Dashboard.Query query : queries) {
                        JsonNode result = evaluate(prometheus, query);
                        results.put(query.key(), result);
                        if (!hasNumber(result)) {
                            empty.add(query.key() + ": " + query.resolved());
                        }
                    }
                    assertThat(empty).isEmpty();
                    return true;
                });
        return results;
    }

    private JsonNode evaluate(PrometheusServer prometheus, Dashboard.Query query) throws Exception {
        if (query.instant()) {
            return prometheus.get("query", Map.of("query", query.resolved()));
        }
        return prometheus.get(
                "query_range",
                Map.of(
                        "query", query.resolved(),
                        "start", Long.toString(start.getEpochSecond()),
                        "end", Long.toString(Instant.now().getEpochSecond()),
                        "step", "1"));
    }

    private static boolean hasNumber(JsonNode data) {
        for (JsonNode series : data.path("result")) {
            JsonNode samples = series.has("values") ? series.get("values") : JSON.createArrayNode();
            if (series.has("value")) {
                samples = JSON.createArrayNode().add(series.get("value"));
            }
            for (JsonNode sample : samples) {
                if (!sample.get(1).asText().equals("NaN")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void assertRulesAreHealthy(PrometheusServer prometheus) {
        Await.untilAsserted(
                "every rule was evaluated",
                () -> {
                    JsonNode groups = prometheus.get("rules", Map.of()).get("groups");
                    assertThat(groups.get(0).get("rules"))
                            .hasSizeGreaterThan(8)
                            .allSatisfy(rule -> {
                                assertThat(rule.path("lastError").asText()).isEmpty();
                                assertThat(rule.path("health").asText()).isEqualTo("ok");
                            });
                });
    }

    private void assertPromtoolAccepts(PipelineProcess process) throws Exception {
        Path metrics = directory.resolve("metrics.txt");
        Files.writeString(metrics, process.get("/metrics").body());
        Tools.Result result = Tools.run("promtool", List.of("check", "metrics"), metrics);
        assertThat(result.output()).isEmpty();
        assertThat(result.status()).isZero();
    }

    private static void writePreview(Map<String, JsonNode> results) throws Exception {
        ObjectNode byKey = JSON.createObjectNode();
        results.forEach(byKey::set);
        try (InputStream in =
                EvaluatedDashboardIT.class.getResourceAsStream("dashboard-preview.html")) {
            String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(
                    PREVIEW,
                    page.replace("/*DASHBOARD*/", Dashboard.read().root().toString())
                            .replace("/*RESULTS*/", byKey.toString()));
        }
    }
}
