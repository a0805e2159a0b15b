package io.logpipeline.bench;

import io.helidon.metrics.api.MeterRegistry;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.logpipeline.api.Admission;
import io.logpipeline.api.BodyMemory;
import io.logpipeline.api.ClientTimeouts;
import io.logpipeline.api.ConnectionCloser;
import io.logpipeline.api.LogService;
import io.logpipeline.api.OpenConnections;
import io.logpipeline.redis.PushOutcome;
import io.logpipeline.telemetry.ObserveEndpoints;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.PipelineTelemetry;
import io.logpipeline.telemetry.ProcessMeters;
import io.logpipeline.telemetry.Watchdog;
import java.time.Duration;
import java.util.List;

/**
 * The pipeline's own server, wired as in production, but for its queue: every event counts as
 * stored at once. What is left is HTTP, the parser and the telemetry: the most that any way to
 * Redis could reach.
 */
public final class ServerWithoutRedis {
    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final int BATCH_BYTES_MAX = 16 << 20;

    private ServerWithoutRedis() {}

    /** Argument: port. */
    public static void main(String[] arguments) {
        MeterRegistry meters = ProcessMeters.registry();
        PipelineState state = new PipelineState("api", "without Redis");
        PipelineTelemetry telemetry = new PipelineTelemetry(meters, state, System::nanoTime);
        BodyMemory memory = BodyMemory.ofHeap(2L * BATCH_BYTES_MAX);
        WebServerConfig.Builder builder =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(Integer.parseInt(arguments[0]))
                        .featuresDiscoverServices(false)
                        .addFeature(
                                ObserveEndpoints.of(
                                        meters,
                                        state,
                                        new Watchdog(System::nanoTime),
                                        Duration.ofMinutes(1),
                                        false,
                                        List.of("@default")));
        OpenConnections connections = new OpenConnections(10_000);
        new ClientTimeouts(
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(5),
                        2 * BATCH_BYTES_MAX,
                        memory,
                        connections)
                .prepare(builder);
        PushOutcome stored = new PushOutcome.Stored();
        LogService service =
                new LogService(
                        (events, idempotencyKey) -> stored,
                        telemetry,
                        memory,
                        BODY_BYTES_MAX,
                        BATCH_BYTES_MAX,
                        Admission.open());
        service.prepare(builder);
        builder.routing(
                        HttpRouting.builder()
                                .addFilter(new ConnectionCloser(connections))
                                .register("/log", service))
                .build()
                .start();
    }
}
