package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.LaterRedis;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
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
            assertThat(process.output()).doesNotContain("s3cr3t");
        }
    }

    /** Some parts had started already and may have logged; of the refusal there is one line. */
    private void refusesLate(PipelineProcess.Builder builder, String... words) {
        try (PipelineProcess process = builder.start()) {
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(2);
            assertThat(process.output()).doesNotContain("Exception", "\tat ");
            assertThat(process.output().lines())
                    .filteredOn(line -> line.startsWith("log-pipeline: "))
                    .singleElement()
                    .asString()
                    .contains(words);
        }
    }

    private PipelineProcess.Builder all() {
        return PipelineProcess.of(directory, "all").redis(NOBODY);
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
    void whatStopsTheStartIsOneLineAndStatusTwo() throws IOException {
        refuses(PipelineProcess.of(directory, "drain"), "unknown role drain", "drainer");
        refuses(all().with("SERVER_PORT", "70000"), "server.port", "65535", "70000");
        Path file = directory.resolve("more.yaml");
        Files.writeString(file, "redis:\n  url: \"redis://:s3cr3t@h:1\" x\n");
        PipelineProcess.Builder malformed = all().argument("--config").argument(file.toString());
        refuses(malformed, "more.yaml", "line 2");
    }

    @Test
    void aHostThatNobodyKnowsStopsTheStart() {
        refusesLate(all().with("SERVER_HOST", "no.such.host.invalid"), "no.such.host.invalid");
    }

    @Test
    void aDemoThatDoesNotStartLeavesNoRedisBehind() throws IOException {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        refusesLate(demo(temporary).with("SERVER_HOST", "no.such.host.invalid"), "no.such.host");
        assertThat(redisProcesses(temporary)).isEmpty();
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(path -> !path.getFileName().toString().startsWith("hsperf")))
                    .isEmpty();
        }
    }

    @Test
    void aKilledDemoLeavesNoRedisBehind() throws IOException {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        try (PipelineProcess demo = demo(temporary).startReady()) {
            assertThat(redisProcesses(temporary)).isNotEmpty();
            demo.kill();
            Await.until("Redis ended too", () -> redisProcesses(temporary).isEmpty());
        }
    }

    private PipelineProcess.Builder demo(Path temporary) {
        return PipelineProcess.of(directory, "demo").jvmOption("-Djava.io.tmpdir=" + temporary);
    }

    /** Those that have a path below the directory among their arguments; the JVM is no Redis. */
    private static List<String> redisProcesses(Path temporary) {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(temporary + "/") && !line.contains(".jar"))
                .toList();
    }

    @Test
    void aTakenPortStopsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            refusesLate(
                    all().with("SERVER_PORT", port), "can't listen on 127.0.0.1:" + port, "in use");
        }
    }

    @Test
    void aRedisThatMayEvictIsRefused() {
        try (RedisProcess redis = RedisProcess.start("--maxmemory-policy", "allkeys-lru")) {
            refusesLate(
                    all().redis(redis.url()),
                    "Redis has maxmemory-policy allkeys-lru",
                    "set it to noeviction");
        }
    }

    @Test
    void aRedisThatCantForceItsFileIsRefusedWhereItIsAskedTo() {
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes")) {
            refusesLate(
                    all().redis(redis.url()).with("REDIS_DURABILITY", "aof"),
                    "redis.durability aof needs WAITAOF: Redis 7.2 or later, not 7.0.");
        }
    }

    @Test
    @EnabledIf("io.logpipeline.testing.LaterRedis#isThere")
    void aRedisThatKeepsNoFileIsRefusedWhereItIsAskedToForceIt() {
        try (RedisProcess redis = RedisProcess.startProgram(LaterRedis.program())) {
            refusesLate(
                    all().redis(redis.url()).with("REDIS_DURABILITY", "aof"),
                    "redis.durability aof needs a Redis with appendonly yes");
        }
    }

    @Test
    void sigtermEndsEachRoleWithStatusZeroAfterWhatIsInHand() {
        try (RedisProcess redis = RedisProcess.start()) {
            List<PipelineProcess> processes =
                    Stream.of("api", "drainer", "all", "demo")
                            .map(role -> PipelineProcess.of(directory, role).redis(redis.url()))
                            .map(PipelineProcess.Builder::start)
                            .toList();
            try {
                processes.forEach(PipelineProcess::awaitReady);
                for (PipelineProcess process : processes) {
                    assertThat(process.terminate()).as(process.output()).isZero();
                    assertThat(process.output()).contains("Stopped");
                }
            } finally {
                processes.forEach(PipelineProcess::close);
            }
        }
    }

    @Test
    void sigtermWhileAProcessStartsEndsItWithStatusZero() {
        try (PipelineProcess process = all().mainClass(HeldStartMain.class).start()) {
            Await.until("it starts", () -> process.output().contains(HeldStartMain.HELD));
            process.signal("TERM");
            Await.until("it is to end", () -> process.output().contains(HeldStartMain.ENDING));
            process.tell("go on");
            assertThat(process.awaitExit()).as(process.output()).isZero();
            assertThat(process.output()).contains("Stopped");
        }
    }

    /** A pipe for a file of settings: it is read until somebody has written it. */
    @Test
    @Timeout(60)
    void sigtermWhileTheSettingsAreReadEndsItWithStatusZero() throws Exception {
        Path settings = directory.resolve("pipe.yaml");
        new ProcessBuilder("mkfifo", settings.toString()).start().waitFor();
        try (PipelineProcess process =
                all().argument("--config").argument(settings.toString()).start()) {
            try (Writer writer = Files.newBufferedWriter(settings)) {
                process.signal("TERM");
                writer.write("log:\n  format: \"text\"\n");
            }
            assertThat(process.awaitExit()).as(process.output()).isZero();
        }
    }
}
