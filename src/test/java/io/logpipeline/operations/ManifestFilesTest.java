package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files below k8s, as they are. */
class ManifestFilesTest {
    private static final Path K8S = Path.of("k8s");
    private static final List<String> NO_RESOURCES =
            List.of("kustomization.yaml", "application.yaml", "spread.yaml");

    static List<Path> resourceFiles() throws IOException {
        try (Stream<Path> files = Files.walk(K8S)) {
            return files.filter(path -> path.toString().endsWith(".yaml"))
                    .filter(path -> !NO_RESOURCES.contains(path.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("resourceFiles")
    void everyResourceFitsItsModelToTheLastField(Path file) throws IOException {
        List<Manifest> manifests = Manifest.all(Files.readString(file));
        assertThat(manifests).isNotEmpty();
        assertThat(manifests).allSatisfy(each -> assertThat(each.problems()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("resourceFiles")
    void everyResourceFileIsPartOfItsKustomization(Path file) throws IOException {
        Manifest kustomization =
                Manifest.all(Files.readString(file.resolveSibling("kustomization.yaml")))
                        .getFirst();
        assertThat(kustomization.at("/resources"))
                .extracting(node -> node.asText())
                .contains(file.getFileName().toString());
    }

    @Test
    void aMisspeltFieldAWrongTypeAndAMissingOneAreFound() throws IOException {
        String deployment = Files.readString(K8S.resolve("base/drainer.yaml"));
        assertFound(deployment, "periodSeconds: 5", "periodSecond: 5", "periodSecond");
        assertFound(deployment, "replicas: 2", "replicas: two", "two");
        String scaledObject = Files.readString(K8S.resolve("components/keda/keda.yaml"));
        assertFound(scaledObject, "maxReplicaCount", "maxReplicas", "maxReplicas: unknown field");
        assertFound(scaledObject, "lagCount: \"500\"", "lagCount: 500", "expected a string");
        assertFound(scaledObject, "type: prometheus", "name: x", "type!: missing");
    }

    private static void assertFound(String yaml, String right, String wrong, String problem) {
        assertThat(yaml).contains(right);
        String broken = yaml.replace(right, wrong);
        if (wrong.equals("name: x")) {
            broken = broken.replace("name: x\n      name: drain-lag", "name: x");
        }
        assertThat(Manifest.all(broken).getFirst().problems())
                .singleElement()
                .asString()
                .contains(problem);
    }

    @Test
    void theAlertsOfTheOperatorAreThoseOfGrafana() throws IOException {
        Manifest rule =
                Manifest.all(
                                Files.readString(
                                        K8S.resolve("components/prometheus-operator/alerts.yaml")))
                        .getFirst();
        Manifest plain = Manifest.all(Files.readString(Path.of("grafana/alerts.yaml"))).getFirst();
        assertThat(rule.at("/spec/groups")).isEqualTo(plain.at("/groups"));
    }
}
