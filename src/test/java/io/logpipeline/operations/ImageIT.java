package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The image's own layers, without the base's: no JVM comes with them. */
@EnabledIfSystemProperty(
        named = Tools.PROPERTY,
        matches = ".+",
        disabledReason = "needs target/jib-image.tar, which is built where .ci/run gives the tools")
class ImageIT {
    private static final Path TAR = Path.of("target/jib-image.tar");

    @TempDir private Path root;

    private JsonNode config;

    @BeforeEach
    void unpack() throws IOException {
        untar(TAR);
        try (Stream<Path> layers = Files.list(root)) {
            for (Path layer : layers.filter(path -> path.toString().endsWith(".gz")).toList()) {
                untar(layer);
            }
        }
        config = new ObjectMapper().readTree(root.resolve("config.json").toFile());
    }

    private void untar(Path archive) {
        Tools.Result result = Tools.run("tar", "-xf", archive.toString(), "-C", root.toString());
        assertThat(result.status()).as(result.output()).isZero();
    }

    private List<String> libraries() throws IOException {
        try (Stream<Path> libraries = Files.list(root.resolve("app/libs"))) {
            return libraries.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void itRunsAsTheNumericUserOfTheManifestsAndIsTheSameWheneverItIsBuilt() throws IOException {
        Manifest api = Manifest.all(Files.readString(Path.of("k8s/base/api.yaml"))).getFirst();
        JsonNode security = api.at("/spec/template/spec/securityContext");
        assertThat(config.at("/config/User").asText())
                .isEqualTo(
                        security.path("runAsUser").asInt()
                                + ":"
                                + security.path("runAsGroup").asInt());
        assertThat(config.path("created").asText()).isEqualTo(Instant.EPOCH.toString());
        try (Stream<Path> files = Files.walk(root.resolve("app"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.getLastModifiedTime(file).toInstant())
                        .isEqualTo(Instant.EPOCH.plusSeconds(1));
            }
        }
    }

    @Test
    void theDemosRedisIsNotInItAndTheDemoSaysSo() throws Exception {
        assertThat(libraries()).hasSizeGreaterThan(30);
        assertThat(libraries())
                .noneMatch(name -> name.matches("(embedded-redis|guava|commons-io).*"));
        assertThat(libraries()).anyMatch(name -> name.startsWith("lettuce-core"));

        Path classPath = root.resolve("app/jib-classpath-file");
        Files.writeString(
                classPath, Files.readString(classPath).replace("/app/", root.resolve("app") + "/"));
        List<String> command = new ArrayList<>();
        config.at("/config/Entrypoint")
                .forEach(word ->
                        command.add(word.asText().replace("/app/", root.resolve("app") + "/")));
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("demo");
        Process demo = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor()).as(output).isEqualTo(2);
        assertThat(output).contains("the embedded Redis is not part of this installation");
    }
}
