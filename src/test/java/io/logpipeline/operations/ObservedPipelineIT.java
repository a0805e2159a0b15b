package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every metric that a dashboard, an alert or a scaler names is one that a process has. */
class ObservedPipelineIT {
    private static final Pattern OURS = Pattern.compile("\\blog_pipeline_\\w+");
    private static final Pattern SELECTED = Pattern.compile("\\b([a-z_]+)\\{");

    @TempDir private Path directory;

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            names.add(matcher.group(matcher.groupCount()));
        }
        return names;
    }

    private static Set<String> named() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Dashboard.Query query : Dashboard.read().queries()) {
            names.addAll(found(SELECTED, query.expression()));
        }
        names.addAll(found(OURS, Files.readString(Path.of("grafana/alerts.yaml"))));
        names.addAll(found(OURS, Files.readString(Path.of("grafana/alerts-test.yaml"))));
        names.addAll(found(OURS, Files.readString(Path.of("k8s/components/keda/keda.yaml"))));
        return names;
    }

    @Test
    void everyNameExists() throws IOException {
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess process =
                        PipelineProcess.of(directory, "all").redis(redis.url()).startReady()) {
            Set<String> there =
                    process.get("/metrics")
                            .body()
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.split("[{ ]", 2)[0])
                            .collect(Collectors.toCollection(TreeSet::new));
            assertThat(there).containsAll(named());
            assertThat(named()).hasSizeGreaterThan(20);
        }
    }
}
