package io.logpipeline.operations;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a Deployment of {@code k8s/base} says of the life of its pods.
 *
 * @param maxSurge pods more than wanted while they are replaced
 * @param maxUnavailable pods fewer than wanted that are ready meanwhile
 * @param grace from the beginning of preStop to SIGKILL
 */
record PodSpec(
        String role,
        int maxSurge,
        int maxUnavailable,
        Probe startup,
        Probe readiness,
        Probe liveness,
        Duration preStop,
        Duration grace) {
    static final Path BASE = Path.of("k8s/base").toAbsolutePath();

    /** What is mounted into each pod. */
    static final Path SETTINGS = BASE.resolve("application.yaml");

    private static final String CONTAINER = "/spec/template/spec/containers/0";

    /** One probe; {@code failureThreshold} failures in a row are one too many. */
    record Probe(String path, Duration period, Duration timeout, int failureThreshold) {
        private static Probe of(JsonNode probe) {
            return new Probe(
                    probe.at("/httpGet/path").asText(),
                    seconds(probe.path("periodSeconds")),
                    seconds(probe.path("timeoutSeconds")),
                    probe.path("failureThreshold").asInt());
        }
    }

    static PodSpec of(String role) throws IOException {
        Manifest deployment = find(role, "Deployment");
        JsonNode rolling = deployment.at("/spec/strategy/rollingUpdate");
        JsonNode container = deployment.at(CONTAINER);
        return new PodSpec(
                role,
                rolling.path("maxSurge").asInt(),
                rolling.path("maxUnavailable").asInt(),
                Probe.of(container.path("startupProbe")),
                Probe.of(container.path("readinessProbe")),
                Probe.of(container.path("livenessProbe")),
                seconds(container.at("/lifecycle/preStop/sleep/seconds")),
                seconds(deployment.at("/spec/template/spec/terminationGracePeriodSeconds")));
    }

    /** The manifest of a kind in a role's file. */
    static Manifest find(String role, String kind) throws IOException {
        return Manifest.all(Files.readString(BASE.resolve(role + ".yaml"))).stream()
                .filter(each -> each.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static Duration seconds(JsonNode number) {
        if (!number.isInt() || number.asInt() <= 0) {
            throw new IllegalStateException("not given: " + number);
        }
        return Duration.ofSeconds(number.asInt());
    }
}
