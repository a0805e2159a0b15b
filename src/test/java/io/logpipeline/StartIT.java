package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the packaged jar: what stops the start, and how a process ends. */
class StartIT {
    private static final String NOBODY = "redis://127.0.0.1:1";

    @TempDir private Path directory;

    private void refuses(PipelineProcess.Builder builder, String... words) {
        try (PipelineProcess process = builder.start()) {
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(2);
            assertThat(process.output().lines().toList()).hasSize(1);
            assertThat(process.output()).startsWith("log-pipeline: ").contains(words);
        }
    }

    private PipelineProcess.Builder all() {
        return PipelineProcess.of(directory, "all").redis(NOBODY);
    }

    private PipelineProcess.Builder withFile(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("more.yaml"), yaml);
        return all().argument("--config").argument(file.toString());
    }

    @Test
    void helpAndVersionAreAnswered() {
        try (PipelineProcess help = PipelineProcess.of(directory, "--help").start()) {
            assertThat(help.awaitExit()).isZero();
            assertThat(help.output()).contains("usage:", "api", "drainer", "all", "demo");
        }
        try (PipelineProcess version = PipelineProcess.of(directory, "--version").start()) {
            assertThat(version.awaitExit()).isZero();
            assertThat(version.output()).matches("log-pipeline \\d+\\.\\d+\\.\\d+\\R");
        }
    }

    @Test
    void anUnknownRoleOrOptionIsNamed() {
        refuses(PipelineProcess.of(directory, "drain"), "unknown role drain", "drainer");
        refuses(all().argument("--verbose"), "unknown option --verbose");
        refuses(all().argument("--config"), "--config needs a value");
        refuses(all().argument("--log-format").argument("xml"), "--log-format", "xml");
        refuses(all().argument("--config").argument("absent.yaml"), "absent.yaml");
    }

    @Test
    void aSettingOutOfRangeIsNamedWithItsRange() {
        refuses(all().with("SERVER_PORT", "70000"), "server.port", "65535", "70000");
        refuses(all().with("DRAINER_WORKERS", "many"), "drainer.workers", "many");
        refuses(all().with("REDIS_URL", "localhost:6379"), "redis.url");
        refuses(all().with("DRAINER_LOG_PATTERN", "*"), "drainer.log_pattern", "logs:user_");
        refuses(all().with("LOG_LEVEL", "LOUD"), "log.level", "LOUD");
    }

    @Test
    void anExpirationUnderTwiceTheIntervalIsRefused() {
        refuses(
                all().with("REDIS_KEY_EXPIRATION_SECONDS", "119")
                        .with("DRAINER_INTERVAL_SECONDS", "60"),
                "redis.key_expiration_seconds",
                "119",
                "drainer.interval_seconds");
    }

    @Test
    void anUnknownOrMalformedSettingInAFileIsNamedWithTheFile() throws IOException {
        refuses(
                withFile("drainer:\n  interval_second: 5\n"),
                "more.yaml",
                "drainer.interval_second");
        refuses(withFile("drainer: [\n"), "more.yaml");
    }

    @Test
    void theEnvironmentWinsOverTheFileAndTheFileOverTheDefaults() throws IOException {
        refuses(withFile("server:\n  port: 99999\n").with("SERVER_PORT", "-7"), "-7");
        PipelineProcess.Builder fromFile = withFile("drainer:\n  workers: 1000\n");
        refuses(fromFile, "drainer.workers", "1000");
    }

    @Test
    void aTakenPortStopsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            try (PipelineProcess process = all().with("SERVER_PORT", port).start()) {
                assertThat(process.awaitExit()).isEqualTo(2);
                assertThat(process.output()).contains("can't listen on 127.0.0.1:" + port);
            }
        }
    }

    @Test
    void aRedisThatMayEvictIsRefused() {
        try (RedisProcess redis = RedisProcess.start("--maxmemory-policy", "allkeys-lru");
                PipelineProcess process = all().redis(redis.url()).start()) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(process.output()).contains("maxmemory-policy allkeys-lru", "noeviction");
        }
    }

    @Test
    void sigtermEndsEachRoleWithStatusZeroAfterWhatIsInHand() {
        try (RedisProcess redis = RedisProcess.start()) {
            for (String role : new String[] {"api", "drainer", "all", "demo"}) {
                try (PipelineProcess process =
                        PipelineProcess.of(directory, role).redis(redis.url()).startReady()) {
                    assertThat(process.terminate()).as(role).isZero();
                    assertThat(process.output()).contains("Stopped");
                }
            }
        }
    }
}
