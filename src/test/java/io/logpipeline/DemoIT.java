package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.PipelineProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who tries the demo. */
class DemoIT {
    private static final String EVENT =
            "{\"user_id\":\"123\",\"event\":\"clicked_button\",\"timestamp\":1712345678}";

    @TempDir private Path directory;

    private Path file() {
        return directory.resolve("logs/user_123/19818.jsonl");
    }

    private PipelineProcess.Builder builder() throws IOException {
        Path tmp = Files.createDirectories(directory.resolve("tmp"));
        return PipelineProcess.of(directory, "demo").cold().jvmOption("-Djava.io.tmpdir=" + tmp);
    }

    private PipelineProcess demo() throws IOException {
        return builder().startReady();
    }

    private void awaitLines(String... lines) {
        Await.until(
                List.of(lines) + " in the file",
                () -> Files.readAllLines(file()).equals(List.of(lines)));
    }

    /** Runs the banner's curl line, word for word, in a shell. */
    private static void pasteCurlLine(PipelineProcess demo) throws Exception {
        Matcher line = Pattern.compile("(?m)^ *(curl .*)$").matcher(demo.output());
        Await.until("the banner", () -> line.reset(demo.output()).find());
        Process curl =
                new ProcessBuilder("sh", "-c", line.group(1)).redirectErrorStream(true).start();
        String answer = new String(curl.getInputStream().readAllBytes());
        assertThat(answer).contains("HTTP/1.1 200");
    }

    @Test
    void theSameEventAfterARestartIsAppendedAgainAndARemovedFileBeginsAnew() throws Exception {
        try (PipelineProcess demo = demo()) {
            pasteCurlLine(demo);
            awaitLines(EVENT);
            Await.until(
                    "it tells where",
                    () -> demo.output().contains("landed in logs/user_123/19818.jsonl"));
            assertThat(demo.output()).contains("  " + EVENT);
            assertThat(demo.terminate()).isZero();
        }
        assertThat(entriesOf(directory.resolve("tmp"))).isEmpty();
        try (PipelineProcess demo = demo()) {
            pasteCurlLine(demo);
            awaitLines(EVENT, EVENT);
            Files.delete(file());
            pasteCurlLine(demo);
            awaitLines(EVENT);
            Files.move(file(), file().resolveSibling("moved-away"));
            pasteCurlLine(demo);
            awaitLines(EVENT);
            pasteCurlLine(demo);
            awaitLines(EVENT, EVENT);
            assertThat(demo.metric("log_pipeline_recoveries_total", "kind", "replaced_file"))
                    .isEqualTo(2);
        }
    }

    @Test
    void aDemoWhoseBuildToolIsKilledEndsAndSoDoesItsRedis() throws Exception {
        try (PipelineProcess tool =
                builder().argument("--until-parent-ends").underShell().startReady()) {
            ProcessHandle demo = tool.child();
            List<ProcessHandle> all = Stream.concat(Stream.of(demo), demo.descendants()).toList();
            assertThat(all).hasSizeGreaterThan(1);
            try {
                tool.kill();
                Await.until("all ended", () -> all.stream().noneMatch(ProcessHandle::isAlive));
                assertThat(entriesOf(directory.resolve("tmp"))).isEmpty();
                assertThat(tool.output()).contains("Stopped");
            } finally {
                all.forEach(ProcessHandle::destroyForcibly);
            }
        }
    }

    private static List<Path> entriesOf(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(entry -> !entry.endsWith("hsperfdata_root")).toList();
        }
    }
}
