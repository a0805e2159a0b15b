package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What kubectl makes of each overlay, alone and with every component. */
@EnabledIfSystemProperty(
        named = Tools.PROPERTY,
        matches = ".+",
        disabledReason = "needs kubectl 1.21 or later: .ci/run says where, and fails without")
class RenderedManifestsTest {
    private static final Path K8S = Path.of("k8s").toAbsolutePath();
    private static final String POD = "/spec/template/spec";

    @TempDir private static Path directory;

    private static final List<Rendering> RENDERED = new ArrayList<>();

    record Rendering(String name, List<Manifest> manifests) {
        @Override
        public String toString() {
            return name;
        }

        List<Manifest> of(String... kinds) {
            return manifests.stream().filter(m -> List.of(kinds).contains(m.kind())).toList();
        }

        List<Manifest> workloads() {
            return of("Deployment", "StatefulSet");
        }
    }

    /** Made once: kubectl takes its time. */
    static List<Rendering> renderings() throws IOException {
        if (RENDERED.isEmpty()) {
            for (String overlay : List.of("dev", "production")) {
                RENDERED.add(render(overlay, K8S.resolve("overlays").resolve(overlay)));
                RENDERED.add(render(overlay + " with all components", withAllComponents(overlay)));
            }
        }
        return List.copyOf(RENDERED);
    }

    private static Path withAllComponents(String overlay) throws IOException {
        Path root = Files.createDirectories(directory.resolve(overlay));
        StringBuilder text = new StringBuilder("kind: Kustomization\nnamespace: log-pipeline\n");
        text.append("resources:\n  - ")
                .append(root.relativize(K8S.resolve("overlays").resolve(overlay)))
                .append("\ncomponents:\n");
        try (Stream<Path> components = Files.list(K8S.resolve("components"))) {
            components
                    .filter(path -> !overlay.equals("dev") || !path.endsWith("redis"))
                    .sorted()
                    .forEach(
                            path -> text.append("  - ").append(root.relativize(path)).append('\n'));
        }
        Files.writeString(root.resolve("kustomization.yaml"), text);
        return root;
    }

    private static Rendering render(String name, Path root) {
        Tools.Result result = Tools.run("kubectl", "kustomize", root.toString());
        assertThat(result.status()).as(result.output()).isZero();
        return new Rendering(name, Manifest.all(result.output()));
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyResourceFitsItsModelAndLivesInTheNamespace(Rendering rendering) {
        assertThat(rendering.manifests()).hasSizeGreaterThan(8);
        assertThat(rendering.manifests())
                .allSatisfy(each -> {
                    assertThat(each.problems()).isEmpty();
                    assertThat(each.at("/metadata/namespace").asText()).isEqualTo("log-pipeline");
                });
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyPodIsRestrictedAndKnowsNoTokenNorServiceLinks(Rendering rendering) {
        assertThat(rendering.workloads())
                .allSatisfy(each -> {
                    JsonNode pod = each.at(POD);
                    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
                    assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
                    JsonNode security = pod.path("securityContext");
                    assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
                    assertThat(security.path("runAsUser").asInt()).isPositive();
                    assertThat(security.at("/seccompProfile/type").asText())
                            .isEqualTo("RuntimeDefault");
                    containers(pod).forEach(RenderedManifestsTest::assertRestricted);
                });
    }

    private static List<JsonNode> containers(JsonNode pod) {
        List<JsonNode> containers = new ArrayList<>();
        pod.path("containers").forEach(containers::add);
        pod.path("initContainers").forEach(containers::add);
        return containers;
    }

    private static void assertRestricted(JsonNode container) {
        JsonNode security = container.path("securityContext");
        assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(container.at("/resources/requests/memory").asText()).isNotEmpty();
        assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
        assertThat(container.path("image").asText()).matches(".+:[0-9].*");
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everySelectorFindsPodsAndOnlyThoseItMeans(Rendering rendering) {
        for (Manifest workload : rendering.workloads()) {
            assertThat(podsOf(rendering, workload.at("/spec/selector")))
                    .as(workload.toString())
                    .containsExactly(workload.name());
        }
        for (Manifest each : rendering.of("Service", "PodDisruptionBudget")) {
            JsonNode selector = each.at("/spec/selector");
            assertThat(podsOf(rendering, selector.has("matchLabels") ? selector : labels(selector)))
                    .as(each.toString())
                    .hasSize(1);
        }
        for (Manifest each : rendering.of("PodMonitor")) {
            assertThat(podsOf(rendering, each.at("/spec/selector")))
                    .containsExactlyInAnyOrder("log-pipeline-api", "log-pipeline-drainer");
        }
    }

    private static JsonNode labels(JsonNode selector) {
        return Manifest.all("matchLabels: " + selector).getFirst().root();
    }

    private static List<String> podsOf(Rendering rendering, JsonNode selector) {
        return rendering.workloads().stream()
                .filter(each -> selects(selector, each.at("/spec/template/metadata/labels")))
                .map(Manifest::name)
                .toList();
    }

    private static boolean selects(JsonNode selector, JsonNode labels) {
        boolean all = true;
        for (var entry : selector.path("matchLabels").properties()) {
            all &= labels.path(entry.getKey()).equals(entry.getValue());
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            assertThat(expression.path("operator").asText()).isEqualTo("In");
            boolean one = false;
            for (JsonNode value : expression.path("values")) {
                one |= labels.path(expression.path("key").asText()).equals(value);
            }
            all &= one;
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void everyNameThatIsReferredToIsThere(Rendering rendering) {
        TreeSet<String> there = new TreeSet<>();
        rendering.manifests().forEach(each -> there.add(each.toString()));
        // An operator's own, as the production overlay says.
        there.add("Secret log-pipeline-redis");
        TreeSet<String> wanted = new TreeSet<>();
        for (Manifest workload : rendering.workloads()) {
            JsonNode pod = workload.at(POD);
            if (pod.has("serviceAccountName")) {
                wanted.add("ServiceAccount " + pod.path("serviceAccountName").asText());
            }
            for (JsonNode volume : pod.path("volumes")) {
                name(wanted, "ConfigMap", volume.at("/configMap/name"));
                name(
                        wanted,
                        "PersistentVolumeClaim",
                        volume.at("/persistentVolumeClaim/claimName"));
            }
            for (JsonNode container : containers(pod)) {
                for (JsonNode variable : container.path("env")) {
                    name(wanted, "Secret", variable.at("/valueFrom/secretKeyRef/name"));
                }
                assertMountsHaveVolumes(workload, pod, container);
            }
        }
        for (Manifest each : rendering.of("HorizontalPodAutoscaler", "ScaledObject")) {
            name(wanted, "Deployment", each.at("/spec/scaleTargetRef/name"));
        }
        for (Manifest each : rendering.of("HTTPRoute")) {
            name(wanted, "Service", each.at("/spec/rules/0/backendRefs/0/name"));
        }
        for (Manifest each : rendering.of("Ingress")) {
            name(wanted, "Service", each.at("/spec/rules/0/http/paths/0/backend/service/name"));
        }
        assertThat(there).containsAll(wanted);
        assertThat(wanted).hasSizeGreaterThan(3);
    }

    private static void name(TreeSet<String> wanted, String kind, JsonNode name) {
        if (!name.isMissingNode()) {
            wanted.add(kind + " " + name.asText());
        }
    }

    private static void assertMountsHaveVolumes(
            Manifest workload, JsonNode pod, JsonNode container) {
        TreeSet<String> volumes = new TreeSet<>();
        pod.path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
        workload.at("/spec/volumeClaimTemplates")
                .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
        for (JsonNode mount : container.path("volumeMounts")) {
            assertThat(volumes).contains(mount.path("name").asText());
        }
    }

    @ParameterizedTest
    @MethodSource("renderings")
    void withKedaNobodyElseSetsTheNumberOfDrainers(Rendering rendering) {
        boolean keda = !rendering.of("ScaledObject").isEmpty();
        Manifest drainer =
                rendering.of("Deployment").stream()
                        .filter(each -> each.name().equals("log-pipeline-drainer"))
                        .findFirst()
                        .orElseThrow();
        assertThat(drainer.at("/spec").has("replicas")).isEqualTo(!keda);
        assertThat(keda).isEqualTo(rendering.name().endsWith("components"));
    }
}
