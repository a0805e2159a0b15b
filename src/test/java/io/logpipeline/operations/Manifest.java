package io.logpipeline.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** One Kubernetes resource. */
record Manifest(JsonNode root) {
    private static final ObjectMapper JSON_MAPPER = new ObjectMapper();

    private interface Model {
        Object fromJson(String json) throws IOException;
    }

    private static final Map<String, Model> MODELS =
            Map.ofEntries(
                    Map.entry("v1 ConfigMap", V1ConfigMap::fromJson),
                    Map.entry("v1 Secret", V1Secret::fromJson),
                    Map.entry("v1 Service", V1Service::fromJson),
                    Map.entry("v1 ServiceAccount", V1ServiceAccount::fromJson),
                    Map.entry("v1 PersistentVolumeClaim", V1PersistentVolumeClaim::fromJson),
                    Map.entry("apps/v1 Deployment", V1Deployment::fromJson),
                    Map.entry("apps/v1 StatefulSet", V1StatefulSet::fromJson),
                    Map.entry(
                            "autoscaling/v2 HorizontalPodAutoscaler",
                            V2HorizontalPodAutoscaler::fromJson),
                    Map.entry("policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::fromJson),
                    Map.entry("networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::fromJson),
                    Map.entry("networking.k8s.io/v1 Ingress", V1Ingress::fromJson));

    static {
        // The models read with what its constructor sets up.
        var unused = new JSON();
    }

    /** All documents of a file; a name that stands twice is refused. */
    static List<Manifest> all(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<Manifest> manifests = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
            manifests.add(new Manifest(JSON_MAPPER.valueToTree(document)));
        }
        return manifests;
    }

    String kind() {
        return root.path("kind").asText();
    }

    String name() {
        return root.at("/metadata/name").asText();
    }

    JsonNode at(String pointer) {
        return root.at(pointer);
    }

    /** What is wrong with it by the models of its API version; unknown fields are. */
    List<String> problems() {
        String type = root.path("apiVersion").asText() + " " + kind();
        if (CustomResources.known(type)) {
            return CustomResources.problems(type, root);
        }
        Model model = MODELS.get(type);
        if (model == null) {
            return List.of("no model of " + type);
        }
        try {
            model.fromJson(root.toString());
            return List.of();
        } catch (IOException | RuntimeException refused) {
            return List.of(String.valueOf(refused.getMessage()));
        }
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
