package io.logpipeline.telemetry;

import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A web server with nothing but the observe endpoints, on free ports, and a clock set by hand. */
final class ObservedProcess implements AutoCloseable {
    static final Duration LIVENESS_LIMIT = Duration.ofSeconds(20);

    final AtomicLong nanos = new AtomicLong(1_000);
    final PipelineState state;
    final Watchdog watchdog = new Watchdog(nanos::get);
    final PipelineTelemetry telemetry;
    private final WebServer server;
    private final String socket;
    private final HttpClient client = HttpClient.newHttpClient();

    ObservedProcess(boolean drains) {
        this(drains, "@default");
    }

    ObservedProcess(boolean drains, String socket) {
        this.socket = socket;
        state = new PipelineState(drains ? "drainer" : "api", "1.2.3");
        telemetry = new PipelineTelemetry(ProcessMeters.registry(), state, nanos::get);
        var builder =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .featuresDiscoverServices(false)
                        .addFeature(
                                ObserveEndpoints.of(
                                        ProcessMeters.registry(),
                                        state,
                                        watchdog,
                                        LIVENESS_LIMIT,
                                        drains,
                                        List.of(socket)));
        if (!socket.equals("@default")) {
            builder.putSocket(socket, listener -> listener.host("127.0.0.1").port(0));
        }
        server = builder.build().start();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(path, null);
    }

    HttpResponse<String> get(String path, @Nullable String accept)
            throws IOException, InterruptedException {
        return get(server.port(socket), path, accept);
    }

    HttpResponse<String> getFromMainPort(String path) throws IOException, InterruptedException {
        return get(server.port(), path, null);
    }

    private HttpResponse<String> get(int port, String path, @Nullable String accept)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (accept != null) {
            request.header("Accept", Objects.requireNonNull(accept));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Override
    public void close() {
        client.close();
        server.stop();
    }
}
