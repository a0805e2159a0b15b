package io.logpipeline.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ScriptsTest {
    private static final int THREADS = 4;
    private static final int EACH = 25;

    @Test
    void severalThreadsCompileThemAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> compiled = new ArrayList<>();
            for (int i = 0; i < THREADS * EACH; i++) {
                compiled.add(threads.submit(() -> new Scripts()));
            }
            for (Future<?> each : compiled) {
                each.get();
            }
        }
    }
}
