package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.FreePort;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the manifests say of the application, held against the application. */
class ManifestsAndApplicationIT {
    private static final Path BASE = Path.of("k8s/base").toAbsolutePath();
    private static final Path SETTINGS = BASE.resolve("application.yaml");
    private static final String CONTAINER = "/spec/template/spec/containers/0";

    @TempDir private Path directory;

    private static Manifest deployment(String role) throws IOException {
        return Manifest.all(Files.readString(BASE.resolve(role + ".yaml"))).stream()
                .filter(each -> each.kind().equals("Deployment"))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode settings(Path file) throws IOException {
        return Manifest.all(Files.readString(file)).getFirst().root();
    }

    private static List<String> arguments(Manifest deployment) {
        List<String> arguments = new ArrayList<>();
        deployment.at(CONTAINER + "/args").forEach(node -> arguments.add(node.asText()));
        return arguments;
    }

    private static Map<String, Integer> ports(Manifest deployment) {
        Map<String, Integer> ports = new TreeMap<>();
        deployment
                .at(CONTAINER + "/ports")
                .forEach(port ->
                        ports.put(port.path("name").asText(), port.path("containerPort").asInt()));
        return ports;
    }

    @Test
    void eachDeploymentStartsItsRoleWithTheSettingsThatAreMountedAndProbesWhatAnswers()
            throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            for (String role : List.of("api", "drainer")) {
                Manifest deployment = deployment(role);
                assertThat(arguments(deployment))
                        .containsExactly(role, "--config", "/etc/log-pipeline/application.yaml");
                assertThat(deployment.at(CONTAINER + "/volumeMounts/0/mountPath").asText())
                        .isEqualTo("/etc/log-pipeline");
                assertThat(deployment.at("/spec/template/spec/volumes/0/configMap/name").asText())
                        .isEqualTo("log-pipeline");
                int observePort = FreePort.next();
                try (PipelineProcess process =
                        PipelineProcess.of(directory, role)
                                .argument("--config")
                                .argument(SETTINGS.toString())
                                .redis(redis.url())
                                .with("SERVER_HOST", "127.0.0.1")
                                .with("OBSERVE_PORT", Integer.toString(observePort))
                                .with("DRAINER_LOG_DIR", "logs")
                                .start()) {
                    assertProbesAnswer(deployment, process, observePort);
                }
            }
        }
    }

    private static void assertProbesAnswer(
            Manifest deployment, PipelineProcess process, int observePort) {
        process.port();
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            JsonNode get = deployment.at(CONTAINER + "/" + probe + "/httpGet");
            assertThat(get.path("port").asText()).isEqualTo("observe");
            Await.until(
                    probe + " answers 200",
                    () -> get(observePort, get.path("path").asText()) == 200);
        }
        assertThat(process.output()).startsWith("{").contains("\"message\":\"Listening");
        assertThat(process.get("/metrics").statusCode()).isEqualTo(404);
    }

    private static int get(int port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            return client.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void portsAndMountsAreThoseOfTheSettings() throws IOException {
        JsonNode settings = settings(SETTINGS);
        int http = settings.at("/server/port").asInt();
        int observe = settings.at("/observe/port").asInt();
        assertThat(ports(deployment("api"))).isEqualTo(Map.of("http", http, "observe", observe));
        assertThat(ports(deployment("drainer"))).isEqualTo(Map.of("observe", observe));
        assertThat(settings.at("/server/host").asText()).isEqualTo("0.0.0.0");
        assertThat(deployment("drainer").at(CONTAINER + "/volumeMounts/1/mountPath").asText())
                .isEqualTo(settings.at("/drainer/log_dir").asText());
        JsonNode monitor =
                Manifest.all(
                                Files.readString(
                                        Path.of(
                                                "k8s/components/prometheus-operator/podmonitor.yaml")))
                        .getFirst()
                        .at("/spec/podMetricsEndpoints/0");
        assertThat(monitor.path("port").asText()).isEqualTo("observe");
        assertThat(monitor.path("path").asText()).isEqualTo("/metrics");
    }

    @Test
    void thereIsTimeForPreStopAndTheShutdownBeforeTheKill() throws IOException {
        int shutdown = settings(SETTINGS).at("/server/shutdown_seconds").asInt();
        for (String role : List.of("api", "drainer")) {
            Manifest deployment = deployment(role);
            int preStop = deployment.at(CONTAINER + "/lifecycle/preStop/sleep/seconds").asInt();
            int grace = deployment.at("/spec/template/spec/terminationGracePeriodSeconds").asInt();
            assertThat(preStop).isPositive();
            assertThat(grace).isGreaterThanOrEqualTo(preStop + shutdown + 5);
        }
    }

    @Test
    void theRedisOfOursIsOneThatThePipelineTakes() throws Exception {
        Manifest set =
                Manifest.all(Files.readString(Path.of("k8s/components/redis/redis.yaml"))).stream()
                        .filter(each -> each.kind().equals("StatefulSet"))
                        .findFirst()
                        .orElseThrow();
        String[] arguments = arguments(set).toArray(String[]::new);
        try (RedisProcess redis = RedisProcess.start(arguments);
                PipelineProcess process =
                        PipelineProcess.of(directory, "all").redis(redis.url()).startReady()) {
            assertThat(process.output()).contains("appendonly=on");
        }
    }

    @Test
    void kedaLooksAtTheStreamAndGroupThatTheDrainersUse() throws Exception {
        String keda = Files.readString(Path.of("k8s/components/keda/keda.yaml"));
        JsonNode triggers = Manifest.all(keda).getFirst().at("/spec/triggers");
        JsonNode lag = triggers.get(0).path("metadata");
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess process =
                        PipelineProcess.of(directory, "drainer").redis(redis.url()).startReady()) {
            assertThat(process.isAlive()).isTrue();
            String stream = lag.path("stream").asText();
            assertThat(triggers.get(1).at("/metadata/stream").asText()).isEqualTo(stream);
            assertThat(redis.<List<Object>>with(commands -> commands.xinfoGroups(stream)))
                    .singleElement()
                    .asString()
                    .contains("name, " + lag.path("consumerGroup").asText() + ",");
        }
    }
}
