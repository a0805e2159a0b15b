package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.telemetry.LogFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where settings come from, and which files are refused, without quoting them. */
class SettingsReaderTest {
    @TempDir private Path directory;
    private GivenSettings given;

    @BeforeEach
    void give() {
        given = new GivenSettings(directory);
    }

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        Settings settings = given.read();

        assertThat(settings.server().host()).isEqualTo("127.0.0.1");
        assertThat(settings.server().port()).isEqualTo(3000);
        assertThat(settings.server().tokensFile()).isEmpty();
        assertThat(settings.redis().server().url()).isEqualTo("redis://127.0.0.1:6379");
        assertThat(settings.redis().keyExpiration()).isEqualTo(Duration.ofSeconds(600));
        assertThat(settings.drainer().interval()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.drainer().logPattern()).isEqualTo("logs:user_*:*");
        assertThat(settings.drainer().logDir()).isEqualTo(Path.of("logs"));
        assertThat(settings.observe().port()).isEmpty();
        assertThat(settings.log().format()).isEqualTo(LogFormat.TEXT);
    }

    @Test
    void theEnvironmentWinsOverConfigAndConfigOverTheFileBeside() throws IOException {
        given.beside("server:\n  port: 1\ndrainer:\n  workers: 1\n  lease_seconds: 1\n");
        given.config("server:\n  port: 2\ndrainer:\n  workers: 2\n");
        given.environment.put("SERVER_PORT", "3");

        Settings settings = given.read();

        assertThat(settings.server().port()).isEqualTo(3);
        assertThat(settings.drainer().workers()).isEqualTo(2);
        assertThat(settings.drainer().lease()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aPresetWinsOverTheFileBesideAndLosesAgainstTheEnvironment() throws IOException {
        given.beside("drainer:\n  interval_seconds: 7\n");
        Map<String, String> preset = Map.of("drainer.interval_seconds", "2");

        assertThat(preset(preset)).isEqualTo(Duration.ofSeconds(2));
        given.environment.put("DRAINER_INTERVAL_SECONDS", "9");
        assertThat(preset(preset)).isEqualTo(Duration.ofSeconds(9));
    }

    private Duration preset(Map<String, String> preset) {
        return given.read(preset).drainer().interval();
    }

    @Test
    void theOptionWinsOverTheSettingOfTheLogFormat() {
        given.environment.put("LOG_FORMAT", "text");
        given.commandLine("all", "--log-format", "json");

        assertThat(given.read().log().format()).isEqualTo(LogFormat.JSON);
    }

    @Test
    void anUnknownNameInAFileIsNamedWithTheFile() throws IOException {
        given.config("drainer:\n  interval_second: 5\n");
        given.refusal().contains("more.yaml", "unknown setting drainer.interval_second");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis:\n  url: \"redis://:s3cr3t@h:1\" x\n",
                "redis:\n  url: *s3cr3t\n",
                "redis:\n  url: !s3cr3t x\n",
                "redis:\n  url: \"redis://:s3\\cr3t@h:1\" # s3cr3t\n",
                "redis:\n\turl: redis://:s3cr3t@h:1\n",
                "redis:\n  url: [ redis://:s3cr3t@h:1\n",
            })
    void aMalformedFileIsNamedWithThePlaceAndNotQuoted(String yaml) throws IOException {
        given.config(yaml);
        given.refusal()
                .containsPattern("more\\.yaml: can't be read as YAML .*line [23], column \\d+$")
                .doesNotContain("s3cr3t", "redis://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis.url=redis://:s3cr3t@h:1",
                "- redis://:s3cr3t@h:1\n",
                "redis:\n  redis://:s3cr3t@h:1: x\n",
                "redis:\n  ? {url: s3cr3t}\n  : x\n",
                "${s3cr3t}: 1\n",
                "redis:\n  url: [\"redis://:s3cr3t@h:1\"]\n",
            })
    void yamlOfAnotherFormIsRefusedAndNotQuoted(String yaml) throws IOException {
        given.config(yaml);
        given.refusal().contains("more.yaml").doesNotContain("s3cr3t");
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Path file = given.config("");
        Files.write(file, "server:\n  host: \0\n".getBytes(StandardCharsets.UTF_16));
        given.refusal().contains("more.yaml", "can't be read as YAML");
    }

    @Test
    void aConfigFileThatCannotBeReadIsRefused() {
        given.commandLine("all", "--config", "absent.yaml");
        given.refusal().contains("absent.yaml", "can read");
        given.commandLine("all", "--config", directory.toString());
        given.refusal().contains(directory.toString(), "can read");
    }

    /** Tests may run as root, who may read every file; nobody can read these two. */
    @Test
    void aFileBesideThatIsThereButCannotBeReadIsNotPassedOver() throws IOException {
        Path beside = directory.resolve("application.yaml");
        Files.createSymbolicLink(beside, directory.resolve("not mounted"));
        given.refusal().contains(beside.toString(), "can read");

        Files.delete(beside);
        Files.createDirectory(beside);
        given.refusal().contains(beside.toString(), "can read");
    }
}
