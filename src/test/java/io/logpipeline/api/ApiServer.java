package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A server with POST /log on a free port, over recording doubles, with small limits. */
final class ApiServer implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    static final int BODY_BYTES_MAX = 1_000;
    static final int BATCH_BYTES_MAX = 200_000;
    static final String EVENT =
            "{\"user_id\":\"123\",\"event\":\"clicked_button\",\"timestamp\":1712345678}";

    final RecordingPushes pushes = new RecordingPushes();
    final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ClientTimeouts timeouts;
    private final WebServer server;

    ApiServer(Gate... gates) {
        this(new Admission(List.of(gates), null, null));
    }

    ApiServer(Admission admission) {
        this(BodyMemory.ofHeap(0), admission);
    }

    /**
     * @param memory what all bodies may take together
     */
    ApiServer(BodyMemory memory) {
        this(memory, new Admission(List.of(), null, null));
    }

    private ApiServer(BodyMemory memory, Admission admission) {
        LogService service =
                new LogService(
                        pushes, telemetry, memory, BODY_BYTES_MAX, BATCH_BYTES_MAX, admission);
        // Else it would bring a registry of meters that is not the process's.
        WebServerConfig.Builder config =
                WebServer.builder().host("127.0.0.1").port(0).featuresDiscoverServices(false);
        OpenConnections open = new OpenConnections(10_000);
        timeouts = new ClientTimeouts(TIMEOUT, TIMEOUT, 2 * BATCH_BYTES_MAX, memory, open);
        timeouts.prepare(config);
        service.prepare(config);
        config.routing(routing ->
                routing.addFilter(new ConnectionCloser(open))
                        .register("/log", service)
                        .register("/", new OpenApiDescription())
                        .get(
                                "/broken",
                                (request, response) -> {
                                    throw new IllegalStateException("secret");
                                }));
        server = config.build().start();
        assertThat(server.isRunning()).isTrue();
    }

    int port() {
        return server.port();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    /** Headers in pairs: name, value. */
    HttpResponse<String> post(byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/log").POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    HttpResponse<String> post(String body, String... headers)
            throws IOException, InterruptedException {
        return post(body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Without waiting for the answer. */
    CompletableFuture<HttpResponse<String>> postLater(String body) {
        return client.sendAsync(
                request("/log").POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }

    /** Sends bytes as they are, and returns all that comes back until the server closes. */
    String exchange(String bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return readAll(socket);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** The first lines of all the answers in a stream. */
    static List<String> statusLines(String answers) {
        return Pattern.compile("HTTP/1\\.1 [^\r\n]*")
                .matcher(answers)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    static void assertError(
            HttpResponse<String> response, int status, String error, String details) {
        assertThat(response.body())
                .isEqualTo("{\"error\":\"" + error + "\",\"details\":\"" + details + "\"}");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Override
    public void close() {
        client.close();
        server.stop();
        timeouts.close();
    }
}
