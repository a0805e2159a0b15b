package io.logpipeline.safeguards;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The process in which killers run: reads a line for each run, and answers it with the line of its
 * verdict.
 *
 * <p>A line is the safeguard to take out, empty for none, and the killers, with tabs in between.
 */
final class KillerRun {
    /** Some mutants stand still: their tests need not wait as long as on a slow machine. */
    private static final String AWAIT = "logpipeline.await_seconds";

    private static final String AWAIT_SECONDS_OF_MUTANTS = "10";

    private KillerRun() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // What tests print is not for whoever reads the answers.
        System.setOut(System.err);
        Path directory = Path.of(arguments[0]);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int runs = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split("\t", -1);
            List<String> killers = Arrays.asList(words).subList(1, words.length);
            Path mutant = Files.createDirectories(directory.resolve("run-" + ++runs));
            answers.println(run(words[0], killers, mutant).line());
        }
        // Threads that a mutant left behind hold nobody up.
        Runtime.getRuntime().halt(0);
    }

    private static Verdict run(String safeguard, List<String> killers, Path mutant) {
        System.err.println("==== " + (safeguard.isEmpty() ? "all safeguards" : "no " + safeguard));
        try {
            System.clearProperty(AWAIT);
            if (!safeguard.isEmpty()) {
                System.setProperty(AWAIT, AWAIT_SECONDS_OF_MUTANTS);
                Mutant.make(Safeguards.named(safeguard), mutant);
            }
            return runKillers(killers, mutant);
        } catch (Mutant.DoesNotCompile | IOException | RuntimeException | LinkageError failure) {
            failure.printStackTrace();
            return Verdict.error(failure.toString());
        }
    }

    private static Verdict runKillers(List<String> killers, Path mutant) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (MutantLoader loader = new MutantLoader(mutant)) {
            thread.setContextClassLoader(loader);
            Count count = new Count();
            var tests = LauncherDiscoveryRequestBuilder.request();
            killers.forEach(killer -> tests.selectors(selector(loader, killer)));
            LauncherFactory.create()
                    .execute(
                            LauncherExecutionRequestBuilder.request(tests.build())
                                    .listeners(count)
                                    .cancellationToken(count.enough)
                                    .build());
            return count.verdict();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static DiscoverySelector selector(ClassLoader loader, String killer) {
        int method = killer.indexOf('#');
        String type = "io.logpipeline." + (method < 0 ? killer : killer.substring(0, method));
        return method < 0
                ? DiscoverySelectors.selectClass(loader, type)
                : DiscoverySelectors.selectMethod(loader, type, killer.substring(method + 1));
    }

    /**
     * A container that fails proves nothing: its tests did not run. Of tests, the first that fails
     * says enough.
     */
    private static final class Count implements TestExecutionListener {
        private final CancellationToken enough = CancellationToken.create();
        private final AtomicLong tests = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();
        private final AtomicReference<String> firstFailed = new AtomicReference<>("");
        private final AtomicReference<String> error = new AtomicReference<>("");

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Throwable thrown = result.getThrowable().orElse(null);
            if (thrown != null) {
                thrown.printStackTrace();
            }
            if (!test.isTest()) {
                if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                    error.compareAndSet("", test.getDisplayName() + ": " + thrown);
                }
                return;
            }
            tests.incrementAndGet();
            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                failed.incrementAndGet();
                firstFailed.compareAndSet("", name(test));
                enough.cancel();
            }
        }

        private static String name(TestIdentifier test) {
            return test.getSource().orElse(null) instanceof MethodSource method
                    ? method.getClassName().replaceFirst(".*\\.", "") + "." + method.getMethodName()
                    : test.getDisplayName();
        }

        Verdict verdict() {
            if (!error.get().isEmpty()) {
                return Verdict.error(error.get());
            }
            return tests.get() == 0
                    ? Verdict.error("no test ran")
                    : new Verdict(tests.get(), failed.get(), firstFailed.get(), "");
        }
    }
}
