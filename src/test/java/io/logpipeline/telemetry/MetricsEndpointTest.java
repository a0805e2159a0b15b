package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
    private static final List<String> COUNTERS =
            List.of(
                    "events_accepted_total",
                    "bytes_accepted_total",
                    "keys_drained_total",
                    "events_drained_total",
                    "bytes_drained_total",
                    "keys_expired_total",
                    "keys_swept_total");
    private static final Map<String, String> LABELS =
            Map.of(
                    "requests_total", "outcome",
                    "drain_failures_total", "reason",
                    "recoveries_total", "kind",
                    "lock_busy_total", "lock");
    private static final List<String> GAUGES =
            List.of(
                    "push_queue_events",
                    "keys_pending",
                    "drain_lag_seconds",
                    "keys_in_hand",
                    "keys_unrecognized",
                    "sweeper_leader",
                    "sweep_seconds",
                    "redis_up",
                    "key_expiration_seconds");
    private static final List<String> LOG_DIR_GAUGES =
            List.of("log_dir_usable", "log_dir_free_bytes", "log_dir_size_bytes");
    private static final List<String> HISTOGRAMS =
            List.of("push_seconds", "drain_seconds", "sync_seconds");

    private final ObservedProcess process = new ObservedProcess(true);

    @AfterEach
    void stop() {
        process.close();
    }

    private MetricsText scrape() throws Exception {
        HttpResponse<String> answer = process.get("/metrics", "*/*");
        assertThat(answer.statusCode()).isEqualTo(200);
        return MetricsText.parse(answer.body());
    }

    @Test
    void everyMeterOfTheTableHasItsNameAndType() throws Exception {
        MetricsText text = scrape();
        COUNTERS.forEach(name -> assertType(text, name, "counter"));
        LABELS.keySet().forEach(name -> assertType(text, name, "counter"));
        GAUGES.forEach(name -> assertType(text, name, "gauge"));
        LOG_DIR_GAUGES.forEach(name -> assertType(text, name, "gauge"));
        assertType(text, "info", "gauge");
        HISTOGRAMS.forEach(name -> assertType(text, name, "histogram"));
    }

    @Test
    void noOtherMeterBearsThePrefixButTheMaximaOfTheHistograms() throws Exception {
        assertThat(scrape().types().keySet().stream().filter(n -> n.startsWith("log_pipeline_")))
                .hasSize(
                        COUNTERS.size()
                                + LABELS.size()
                                + GAUGES.size()
                                + LOG_DIR_GAUGES.size()
                                + 1
                                + 2 * HISTOGRAMS.size());
    }

    private static void assertType(MetricsText text, String name, String type) {
        assertThat(text.types()).containsEntry("log_pipeline_" + name, type);
    }

    @Test
    void everySeriesExistsFromTheStart() throws Exception {
        MetricsText text = scrape();
        assertLabelValues(text, "requests_total", RequestOutcome.values());
        assertLabelValues(text, "drain_failures_total", DrainFailure.values());
        assertLabelValues(text, "recoveries_total", Recovery.values());
        assertLabelValues(text, "lock_busy_total", LockKind.values());
        COUNTERS.forEach(name -> assertThat(text.named("log_pipeline_" + name)).hasSize(1));
        GAUGES.forEach(name -> assertThat(text.named("log_pipeline_" + name)).hasSize(1));
    }

    private static void assertLabelValues(MetricsText text, String name, Enum<?>[] constants) {
        String label = LABELS.get(name);
        assertThat(text.named("log_pipeline_" + name))
                .extracting(sample -> sample.labels().get(label))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(constants).map(c -> c.name().toLowerCase()).toList());
    }

    @Test
    void labelsAreOnlyTheOnesOfTheTable() throws Exception {
        assertThat(scrape().samples())
                .filteredOn(sample -> sample.name().startsWith("log_pipeline_"))
                .flatExtracting(sample -> sample.labels().keySet())
                .containsOnly(
                        "outcome", "reason", "kind", "lock", "le", "scope", "role", "version");
    }

    @Test
    void histogramsReachFrom100MicrosecondsTo10SecondsAndHaveNoQuantiles() throws Exception {
        MetricsText text = scrape();
        for (String name : HISTOGRAMS) {
            List<Double> bounds =
                    text.named("log_pipeline_" + name + "_bucket").stream()
                            .map(bucket -> bucket.labels().get("le"))
                            .map(le -> le.equals("+Inf") ? "Infinity" : le)
                            .map(Double::valueOf)
                            .toList();
            assertThat(bounds).isSorted().hasSize(17).startsWith(0.000_1).contains(10.0);
            assertThat(bounds.getLast()).isInfinite();
            assertThat(text.named("log_pipeline_" + name)).isEmpty();
        }
    }

    @Test
    void gaugesAreZeroUntilSomebodyAnswersForThem() throws Exception {
        MetricsText text = scrape();
        GAUGES.forEach(name -> assertThat(text.value("log_pipeline_" + name)).isZero());
    }

    @Test
    void aClientThatAcceptsAnythingOrSaysNothingGetsPrometheusText() throws Exception {
        for (String accept : new String[] {null, "*/*", "text/plain;version=0.0.4"}) {
            HttpResponse<String> answer = process.get("/metrics", accept);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain");
            assertThat(answer.body()).contains("# TYPE log_pipeline_redis_up gauge");
        }
    }

    @Test
    void aPrometheusServerThatPrefersOpenMetricsGetsAWholeOne() throws Exception {
        String accept =
                "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5,*/*;q=0.1";
        HttpResponse<String> answer = process.get("/metrics", accept);
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/openmetrics-text");
        assertThat(answer.body()).contains("log_pipeline_requests_total{").endsWith("# EOF\n");
    }

    @Test
    void theMetersOfTheJvmAndOfHelidonStayOn() throws Exception {
        assertThat(scrape().types())
                .containsKeys(
                        "memory_used_heap_bytes",
                        "gc_total",
                        "gc_time_seconds_total",
                        "jvm_uptime_seconds",
                        "jvm_threads",
                        "jvm_classes_loaded",
                        "cpu_system_load_average",
                        "requests_count_total");
    }

    @Test
    void namesAreOnesThatPromtoolAccepts() throws Exception {
        Map<String, String> types = scrape().types();
        assertThat(types.keySet()).allMatch(name -> name.equals(name.toLowerCase()));
        types.forEach((name, type) -> {
            assertThat(name.endsWith("_total")).isEqualTo(type.equals("counter"));
            assertThat(name).doesNotMatch(".*_(count|sum|bucket)");
        });
    }

    @Test
    void onAPortOfTheirOwnTheEndpointsAreNotOnTheMainOne() throws Exception {
        try (ObservedProcess apart = new ObservedProcess(true, "observe")) {
            assertThat(apart.get("/metrics").statusCode()).isEqualTo(200);
            assertThat(apart.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(apart.getFromMainPort("/metrics").statusCode()).isEqualTo(404);
            assertThat(apart.getFromMainPort("/health/live").statusCode()).isEqualTo(404);
        }
    }
}
