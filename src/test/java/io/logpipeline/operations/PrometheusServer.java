package io.logpipeline.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real Prometheus that scrapes the given ports every second and evaluates the alert rules. */
final class PrometheusServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private PrometheusServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static PrometheusServer start(Path directory, Path rules, List<Integer> targets)
            throws IOException {
        int port = FreePort.next();
        String hosts =
                targets.stream()
                        .map(target -> "'127.0.0.1:" + target + "'")
                        .collect(Collectors.joining(", "));
        Files.writeString(
                directory.resolve("prometheus.yml"),
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: log-pipeline
                    static_configs: [{targets: [%s]}]
                """
                        .formatted(rules.toAbsolutePath(), hosts));
        Process process =
                new ProcessBuilder(
                                Tools.program("prometheus").toString(),
                                "--config.file=" + directory.resolve("prometheus.yml"),
                                "--storage.tsdb.path=" + directory.resolve("tsdb"),
                                "--web.listen-address=127.0.0.1:" + port)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("prometheus.log").toFile())
                        .start();
        PrometheusServer server = new PrometheusServer(process, port);
        Await.until("Prometheus is ready", () -> server.status("/-/ready") == 200);
        return server;
    }

    private int status(String path) throws Exception {
        return send(path).statusCode();
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return client.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The data of an API call, which must succeed. */
    JsonNode get(String path, Map<String, String> parameters) throws Exception {
        String query =
                parameters.entrySet().stream()
                        .map(each ->
                                each.getKey()
                                        + "="
                                        + URLEncoder.encode(
                                                each.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        HttpResponse<String> answer = send("/api/v1/" + path + "?" + query);
        if (answer.statusCode() != 200) {
            throw new AssertionError(parameters + " is refused: " + answer.body());
        }
        return JSON.readTree(answer.body()).get("data");
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
