package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.access.TokenBuckets;
import io.logpipeline.file.Sync;
import io.logpipeline.redis.Durability;
import io.logpipeline.telemetry.LogFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where settings come from, and what is refused in which words. */
class SettingsReaderTest {
    @TempDir private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private CommandLine commandLine = CommandLine.parse();

    private Settings read() {
        return SettingsReader.read(commandLine, environment, Map.of(), directory);
    }

    private AbstractStringAssert<?> refusal() {
        return assertThatThrownBy(this::read)
                .isInstanceOf(StartRefused.class)
                .message()
                .doesNotContain("\n");
    }

    private void beside(String yaml) throws IOException {
        Files.writeString(directory.resolve("application.yaml"), yaml);
    }

    private Path config(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("more.yaml"), yaml);
        commandLine = CommandLine.parse("all", "--config", file.toString());
        return file;
    }

    private AbstractStringAssert<?> refusalWith(String... namesAndValues) {
        environment.clear();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return refusal();
    }

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        Settings settings = read();

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
        beside("server:\n  port: 1\ndrainer:\n  workers: 1\n  lease_seconds: 1\n");
        config("server:\n  port: 2\ndrainer:\n  workers: 2\n");
        environment.put("SERVER_PORT", "3");

        Settings settings = read();

        assertThat(settings.server().port()).isEqualTo(3);
        assertThat(settings.drainer().workers()).isEqualTo(2);
        assertThat(settings.drainer().lease()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aPresetWinsOverTheFileBesideAndLosesAgainstTheEnvironment() throws IOException {
        beside("drainer:\n  interval_seconds: 7\n");
        Map<String, String> preset = Map.of("drainer.interval_seconds", "2");

        assertThat(preset(preset)).isEqualTo(Duration.ofSeconds(2));
        environment.put("DRAINER_INTERVAL_SECONDS", "9");
        assertThat(preset(preset)).isEqualTo(Duration.ofSeconds(9));
    }

    private Duration preset(Map<String, String> preset) {
        Settings settings = SettingsReader.read(commandLine, environment, preset, directory);
        return settings.drainer().interval();
    }

    @Test
    void theOptionWinsOverTheSettingOfTheLogFormat() {
        environment.put("LOG_FORMAT", "text");
        commandLine = CommandLine.parse("all", "--log-format", "json");

        assertThat(read().log().format()).isEqualTo(LogFormat.JSON);
    }

    @Test
    void aSettingOutOfRangeIsNamedWithItsRange() {
        refusalWith("SERVER_PORT", "70000").contains("server.port", "0 to 65535", "70000");
        refusalWith("SERVER_PORT", "-7").contains("server.port", "-7");
        refusalWith("SERVER_HOST", " ").contains("server.host", "empty");
        refusalWith("DRAINER_STREAMS", "0").contains("drainer.streams", "1 to 64", "0");
        refusalWith("DRAINER_STREAMS", "65").contains("drainer.streams", "1 to 64", "65");
        refusalWith("DRAINER_WORKERS", "many").contains("drainer.workers", "many");
        refusalWith("DRAINER_LOG_PATTERN", "*").contains("drainer.log_pattern", "logs:user_");
        refusalWith("DRAINER_LOG_DIR", "a\0b").contains("drainer.log_dir", "not a path");
        refusalWith("SERVER_TOKENS_FILE", "a\0b").contains("server.tokens_file", "not a path");
        refusalWith("LOG_LEVEL", "LOUD").contains("log.level", "LOUD");
        refusalWith("LOG_FORMAT", "xml").contains("log.format", "xml");
    }

    @Test
    void durabilityIsOneOfItsWords() {
        assertThat(read().redis().durability()).isEqualTo(Durability.MEMORY);
        environment.put("REDIS_DURABILITY", "aof");
        assertThat(read().redis().durability()).isEqualTo(new Durability.AppendOnlyFile());
        environment.put("REDIS_DURABILITY", "replicas:2");
        assertThat(read().redis().durability()).isEqualTo(new Durability.Replicas(2));
        for (String word : List.of("replicas", "replicas:0", "replicas:10", "AOF", "disk")) {
            refusalWith("REDIS_DURABILITY", word)
                    .contains("redis.durability", "memory, aof or replicas:N", word);
        }
    }

    @Test
    void aBatchThatRedisCouldNotTakeAsOneCallIsOutOfRange() {
        refusalWith("SERVER_MAX_BATCH_BYTES", Integer.toString((32 << 20) + 1))
                .contains("server.max_batch_bytes", "33554432");

        environment.put("SERVER_MAX_BATCH_BYTES", Integer.toString(32 << 20));
        environment.put("REDIS_PUSH_QUEUE_BYTES_MAX", Integer.toString(128 << 20));
        assertThat(read().server().maxBatchBytes()).isEqualTo(32 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:6379/s3cr3t",
                "http://:s3cr3t@redis:6379",
                "redis://:s3cr3t@redis:99999",
                "redis://:s3cr3t@",
                "redis-sentinel://:s3cr3t@redis:26379"
            })
    void aUrlThatIsNoneIsRefusedWithoutShowingIt(String url) {
        refusalWith("REDIS_URL", url).startsWith("redis.url: expected").doesNotContain("s3cr3t");
    }

    @Test
    void accessAndLimitsAreOffUnlessSet() {
        Settings.Server server = read().server();
        assertThat(server.tls()).isEmpty();
        assertThat(server.limits().clientRequests()).isEmpty();
        assertThat(server.limits().userEvents()).isEmpty();
        assertThat(server.limits().concurrentRequests()).isEmpty();

        environment.put("SERVER_REQUESTS_PER_SECOND_PER_CLIENT", "5");
        environment.put("SERVER_EVENTS_PER_SECOND_PER_USER", "1000000");
        environment.put("SERVER_EVENTS_BURST_PER_USER", "7");
        environment.put("SERVER_CONCURRENT_REQUESTS_MAX", "3");
        Settings.Limits limits = read().server().limits();
        assertThat(limits.clientRequests()).contains(new TokenBuckets.Rate(5, 50));
        assertThat(limits.userEvents()).contains(new TokenBuckets.Rate(1_000_000, 7));
        assertThat(limits.concurrentRequests()).hasValue(3);
    }

    @Test
    void halfOfTheTlsFilesAreRefused() {
        refusalWith("SERVER_TLS_CERTIFICATE_FILE", "a").contains("TLS needs both");
        refusalWith("SERVER_TLS_PRIVATE_KEY_FILE", "a").contains("TLS needs both");
        refusalWith("SERVER_TLS_CLIENT_CA_FILE", "a").contains("TLS needs both");
        refusalWith("REDIS_TLS_CERTIFICATE_FILE", "a").contains("redis.tls_private_key_file");
        refusalWith("REDIS_TLS_CA_FILE", "absent.pem").contains("absent.pem", "can read");
        refusalWith("REDIS_MEMORY_HIGH_PERCENT", "101").contains("redis.memory_high_percent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://one:7000,two:7001",
                "rediss://user:s3cr3t@one:7000,two:7001,three:7002",
                "redis://one:7000,one:7000",
                "redis://one,two/0"
            })
    void severalNodesAreACluster(String url) {
        environment.put("REDIS_URL", url);
        assertThat(read().redis().server().url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:s3cr3t@one:7000,",
                "redis://:s3cr3t@,two:7001",
                "redis://:s3cr3t@one:7000,two:99999",
                "redis://:s3cr3t@one:7000,redis://two:7001"
            })
    void nodesThatAreNoneAreRefusedWithoutShowingThem(String url) {
        refusalWith("REDIS_URL", url).startsWith("redis.url: expected").doesNotContain("s3cr3t");
    }

    @Test
    void aClusterHasOneDatabase() {
        refusalWith("REDIS_URL", "redis://:s3cr3t@one:7000,two:7001/3")
                .isEqualTo("redis.url: a cluster has no database but 0");
    }

    @Test
    void anUnknownNameInAFileIsNamedWithTheFile() throws IOException {
        config("drainer:\n  interval_second: 5\n");
        refusal().contains("more.yaml", "unknown setting drainer.interval_second");
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
        config(yaml);
        refusal()
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
        config(yaml);
        refusal().contains("more.yaml").doesNotContain("s3cr3t");
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Path file = config("");
        Files.write(file, "server:\n  host: \0\n".getBytes(StandardCharsets.UTF_16));
        refusal().contains("more.yaml", "can't be read as YAML");
    }

    @Test
    void aConfigFileThatCannotBeReadIsRefused() {
        commandLine = CommandLine.parse("all", "--config", "absent.yaml");
        refusal().contains("absent.yaml", "can read");
        commandLine = CommandLine.parse("all", "--config", directory.toString());
        refusal().contains(directory.toString(), "can read");
    }

    /** Tests may run as root, who may read every file; nobody can read these two. */
    @Test
    void aFileBesideThatIsThereButCannotBeReadIsNotPassedOver() throws IOException {
        Path beside = directory.resolve("application.yaml");
        Files.createSymbolicLink(beside, directory.resolve("not mounted"));
        refusal().contains(beside.toString(), "can read");

        Files.delete(beside);
        Files.createDirectory(beside);
        refusal().contains(beside.toString(), "can read");
    }

    @Test
    void anExpirationUnderTwiceTheIntervalIsRefused() {
        refusalWith("REDIS_KEY_EXPIRATION_SECONDS", "119", "DRAINER_INTERVAL_SECONDS", "60")
                .contains("redis.key_expiration_seconds", "119", "drainer.interval_seconds");

        environment.put("REDIS_KEY_EXPIRATION_SECONDS", "120");
        assertThat(read().redis().keyExpiration()).isEqualTo(Duration.ofSeconds(120));
    }

    @Test
    void aLedgerThatMayEndBeforeADeadReplicasWorkIsTakenOverIsRefused() {
        refusalWith("DRAINER_LEDGER_SECONDS", "120", "DRAINER_LEASE_SECONDS", "30")
                .contains("drainer.ledger_seconds", "120", "drainer.lease_seconds");

        environment.put("DRAINER_LEDGER_SECONDS", "121");
        assertThat(read().drainer().ledgerLife()).isEqualTo(Duration.ofSeconds(121));
    }

    @Test
    void aLivenessLimitThatALegitimateWaitReachesIsRefused() {
        refusalWith("OBSERVE_LIVENESS_SECONDS", "22")
                .contains("observe.liveness_seconds", "22.0 s");
        refusalWith("DRAINER_REDIS_TIMEOUT_MS", "29000")
                .contains("observe.liveness_seconds", "60.0 s");
        refusalWith("REDIS_TIMEOUT_MS", "30000").contains("observe.liveness_seconds", "62.0 s");
        refusalWith("DRAINER_FILE_LOCK_TIMEOUT_MS", "40000")
                .contains("observe.liveness_seconds", "60.0 s");

        environment.clear();
        environment.put("OBSERVE_LIVENESS_SECONDS", "23");
        assertThat(read().observe().livenessLimit()).isEqualTo(Duration.ofSeconds(23));
    }

    @Test
    void aBatchLimitBelowThatOfOneEventAndAQueueTooSmallForBatchesAreRefused() {
        refusalWith("SERVER_MAX_BATCH_BYTES", "1000", "SERVER_MAX_BODY_BYTES", "1001")
                .contains("server.max_batch_bytes", "server.max_body_bytes");
        refusalWith("REDIS_PUSH_QUEUE_BYTES_MAX", Integer.toString(4 * 16777216 - 1))
                .contains("redis.push_queue_bytes_max", "server.max_batch_bytes");
    }

    @Test
    void aSyncOfAnotherNameAndLessMemoryThanOneBatchAreRefused() {
        refusalWith("DRAINER_SYNC", "none").contains("drainer.sync", "file or filesystem", "none");
        refusalWith("DRAINER_SYNC", "file", "DRAINER_MEMORY_BYTES_MAX", "4194303")
                .contains("drainer.memory_bytes_max", "drainer.batch_bytes_max (4194304)");

        environment.clear();
        environment.put("DRAINER_SYNC", "filesystem");
        assertThat(read().drainer().sync()).isEqualTo(Sync.FILESYSTEM);
    }
}
