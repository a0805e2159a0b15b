package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.FreePort;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the dashboard's row of drain throughput shows, by a real Prometheus, while replicas go from
 * one to four and back under load.
 */
@EnabledIfSystemProperty(
        named = Tools.PROPERTY,
        matches = ".+",
        disabledReason = "needs prometheus: .ci/run brings it, and fails without")
class ThroughputByReplicaIT {
    private static final int REPLICAS_MAX = 4;
    private static final List<String> BY_REPLICA =
            List.of("Events drained A", "Lists drained A", "Bytes drained A");
    private static final String IN_TOTAL = "Events in and out B";
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir private Path directory;

    private final List<PipelineProcess> drainers = new ArrayList<>();
    private final Map<String, Dashboard.Query> queries = new TreeMap<>();

    ThroughputByReplicaIT() throws IOException {
        Dashboard.read().queries().forEach(query -> queries.put(query.key(), query));
    }

    @Test
    void itIsSeenForEachReplicaThatRunsAndAddsUpToWhatWasDrained() throws Exception {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < REPLICAS_MAX; i++) {
            ports.add(FreePort.next());
        }
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api =
                        PipelineProcess.of(directory, "api").redis(redis.url()).startReady();
                PrometheusServer prometheus =
                        PrometheusServer.start(directory, Path.of("grafana/alerts.yaml"), ports)) {
            try (Load one = new Load(api.port(), "a");
                    Load two = new Load(api.port(), "b");
                    Load three = new Load(api.port(), "c")) {
                startDrainer(redis, ports.get(0));
                awaitReplicas(prometheus, 1);
                for (int port : ports.subList(1, REPLICAS_MAX)) {
                    startDrainer(redis, port);
                }
                awaitReplicas(prometheus, REPLICAS_MAX);
                assertThat(List.of(one, two, three)).doesNotHaveDuplicates();
            }
            awaitEveryEventCounted(prometheus, api);
            try (Load again = new Load(api.port(), "d");
                    Load more = new Load(api.port(), "e")) {
                awaitReplicas(prometheus, REPLICAS_MAX);
                while (drainers.size() > 1) {
                    assertThat(drainers.removeLast().terminate()).isZero();
                }
                awaitReplicas(prometheus, 1);
                assertThat(again).isNotEqualTo(more);
            }
        } finally {
            drainers.forEach(PipelineProcess::close);
        }
    }

    private void startDrainer(RedisProcess redis, int port) {
        drainers.add(
                PipelineProcess.of(directory, "drainer")
                        .redis(redis.url())
                        .with("SERVER_PORT", Integer.toString(port))
                        .startReady());
    }

    /** So many replicas have a throughput at one moment, and it is that of the whole pipeline. */
    private void awaitReplicas(PrometheusServer prometheus, int count) {
        Await.until(
                count + " replicas drain, by each panel",
                LIMIT,
                () -> {
                    String time = Long.toString(Instant.now().getEpochSecond());
                    for (String key : BY_REPLICA) {
                        assertThat(positive(evaluate(prometheus, key, time)))
                                .as(key)
                                .hasSize(count);
                    }
                    double total = sum(evaluate(prometheus, IN_TOTAL, time));
                    assertThat(sum(evaluate(prometheus, BY_REPLICA.getFirst(), time)))
                            .isCloseTo(total, within(total / 1_000_000));
                    return true;
                });
    }

    private Map<String, Double> evaluate(PrometheusServer prometheus, String key, String time)
            throws Exception {
        Dashboard.Query query = queries.get(key);
        assertThat(query).as(key).isNotNull();
        return byInstance(prometheus, query.resolved(), time);
    }

    private static Map<String, Double> byInstance(
            PrometheusServer prometheus, String expression, String time) throws Exception {
        JsonNode data = prometheus.get("query", Map.of("query", expression, "time", time));
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode series : data.path("result")) {
            values.put(
                    series.at("/metric/instance").asText("all"),
                    series.path("value").get(1).asDouble());
        }
        return values;
    }

    private static List<Double> positive(Map<String, Double> values) {
        return values.values().stream().filter(value -> value > 0).toList();
    }

    private static double sum(Map<String, Double> values) {
        return values.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** The counters behind the panel have, over all replicas, as many events as the files. */
    private void awaitEveryEventCounted(PrometheusServer prometheus, PipelineProcess api) {
        Await.untilAsserted(
                "what replicas say they drained is what landed",
                () -> {
                    double accepted = api.metric("log_pipeline_events_accepted_total");
                    assertThat(lines()).isEqualTo((long) accepted);
                    Map<String, Double> drained =
                            byInstance(
                                    prometheus,
                                    "log_pipeline_events_drained_total",
                                    Long.toString(Instant.now().getEpochSecond()));
                    assertThat(drained).hasSize(REPLICAS_MAX);
                    assertThat(sum(drained)).isEqualTo(accepted);
                });
        System.out.println("ThroughputByReplicaIT: drained by each replica: " + drainers());
    }

    private List<Long> drainers() {
        return drainers.stream()
                .map(each -> (long) each.metric("log_pipeline_events_drained_total"))
                .toList();
    }

    private long lines() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("logs"))) {
            long lines = 0;
            for (Path file :
                    files.filter(path -> path.getFileName().toString().endsWith(".jsonl"))
                            .toList()) {
                try (Stream<String> each = Files.lines(file)) {
                    lines += each.count();
                }
            }
            return lines;
        }
    }
}
