package io.logpipeline.safeguards;

import io.lettuce.core.api.sync.RedisCommands;
import io.logpipeline.testing.RedisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A {@link KillerRun}, and the Redis that its tests share. */
final class KillerProcess implements AutoCloseable {
    /** To hang is not to be killed: a test has to fail. */
    private static final Duration RUN_MAX = Duration.ofMinutes(5);

    private final RedisProcess redis;
    private final Process process;
    private final Writer runs;
    private final BufferedReader verdicts;

    /**
     * @param mutants a directory of this process' own, for mutated classes
     * @param output where to write what the tests print
     */
    KillerProcess(Path mutants, Path output) throws IOException {
        Files.createDirectories(mutants);
        redis = RedisProcess.start();
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--add-exports",
                                "java.base/jdk.internal.vm=ALL-UNNAMED",
                                "-Xmx1g",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KillerRun.class.getName(),
                                mutants.toString())
                        .redirectError(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().put("TEST_REDIS_URL", redis.url());
        process = builder.start();
        runs = process.outputWriter(StandardCharsets.UTF_8);
        verdicts = process.inputReader(StandardCharsets.UTF_8);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Runs tests against the code without a safeguard, or with all of them when it is null. */
    Verdict run(@Nullable Safeguard without, List<String> killers) throws InterruptedException {
        // Whatever ran before: the same for each.
        redis.with(RedisCommands::flushall);
        redis.with(RedisCommands::scriptFlush);
        List<String> words = new ArrayList<>(List.of(without == null ? "" : without.name()));
        words.addAll(killers);
        try {
            runs.write(String.join("\t", words) + "\n");
            runs.flush();
            return CompletableFuture.supplyAsync(
                            this::verdict, reading -> Thread.ofPlatform().daemon().start(reading))
                    .get(RUN_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            end();
            return Verdict.error("no end within " + RUN_MAX);
        } catch (IOException | ExecutionException died) {
            end();
            return Verdict.error("its process died: " + died);
        }
    }

    private Verdict verdict() {
        try {
            String line = verdicts.readLine();
            if (line == null) {
                throw new IOException("it ended");
            }
            return Verdict.ofLine(line);
        } catch (IOException died) {
            throw new UncheckedIOException(died);
        }
    }

    private void end() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        redis.close();
    }
}
