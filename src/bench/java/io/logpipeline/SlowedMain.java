package io.logpipeline;

import io.logpipeline.bench.SlowedDisk;
import io.logpipeline.file.NioDisk;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** The entry point of a process whose disk takes {@code logpipeline.bench.force_ms} a force. */
public final class SlowedMain {
    private SlowedMain() {}

    /** Arguments as the pipeline's own. */
    public static void main(String[] arguments) {
        Duration force = Duration.ofMillis(Long.getLong("logpipeline.bench.force_ms", 5));
        Main.start(
                new Pipeline.Seams(SlowedDisk.of(new NioDisk(), force), UnaryOperator.identity()),
                arguments);
    }
}
