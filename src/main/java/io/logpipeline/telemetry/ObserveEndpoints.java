package io.logpipeline.telemetry;

import io.helidon.health.HealthCheckType;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.helidon.webserver.spi.ServerFeature;
import java.time.Duration;
import java.util.List;

/** {@code GET /metrics} and {@code GET /health…}, as one feature of the web server. */
public final class ObserveEndpoints {
    private ObserveEndpoints() {}

    /**
     * Builds the feature.
     *
     * @param meters the registry that {@code /metrics} prints
     * @param livenessLimit how long a loop may make no progress before {@code /health/live} is down
     * @param drains whether this process writes files: then {@code /health/ready} wants its log
     *     directory usable
     * @param sockets the names of the sockets that answer; {@code @default} is the main one
     */
    public static ServerFeature of(
            MeterRegistry meters,
            PipelineState state,
            Watchdog watchdog,
            Duration livenessLimit,
            boolean drains,
            List<String> sockets) {
        HealthAnswers answers = new HealthAnswers(state, watchdog, livenessLimit, drains);
        // Absolute endpoints: relative ones would live under /observe.
        HealthObserver health =
                HealthObserver.builder()
                        .endpoint("/health")
                        .details(true)
                        .useSystemServices(false)
                        .addCheck(answers::live, HealthCheckType.LIVENESS, "live")
                        .addCheck(answers::ready, HealthCheckType.READINESS, "ready")
                        .addCheck(answers::started, HealthCheckType.STARTUP, "started")
                        .build();
        MetricsObserver metrics =
                MetricsObserver.builder().endpoint("/metrics").meterRegistry(meters).build();
        return ObserveFeature.builder()
                .observersDiscoverServices(false)
                .addObserver(health)
                .addObserver(metrics)
                .sockets(sockets)
                .build();
    }
}
