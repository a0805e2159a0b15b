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

    private PipelineProcess demo() {
        return PipelineProcess.of(directory, "demo")
                .cold()
                .jvmOption("-Djava.io.tmpdir=" + directory.resolve("tmp"))
                .startReady();
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
        Files.createDirectories(directory.resolve("tmp"));
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

    private static List<Path> entriesOf(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(entry -> !entry.endsWith("hsperfdata_root")).toList();
        }
    }
}
