package io.logpipeline.crash;

import io.logpipeline.faults.Conduct;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** A real process that obeys: {@link Conduct} is its other side. */
final class Replica implements AutoCloseable {
    /** Bounds a failing test only. */
    static final Duration LIMIT = Duration.ofMinutes(5);

    private final PipelineProcess process;
    private final Path answers;
    private int orders;

    private Replica(PipelineProcess process, Path answers) {
        this.process = process;
        this.answers = answers;
    }

    static Replica start(PipelineProcess.Builder builder, Path home, String redis, Setup setup) {
        try {
            Path answers = Files.createTempDirectory(home, "answers-");
            PipelineProcess process =
                    builder.redis(redis)
                            .with(Conduct.DIRECTORY_VARIABLE, answers.toString())
                            .with("DRAINER_LEASE_SECONDS", "1")
                            // A slow machine is not one of the faults.
                            .with("REDIS_TIMEOUT_MS", "10000")
                            .with("DRAINER_FILE_LOCK_TIMEOUT_MS", "200")
                            .with("DRAINER_WORKERS", Integer.toString(setup.workers()))
                            .with("DRAINER_SYNC", setup.sync())
                            .with(
                                    "DRAINER_BATCH_ELEMENTS_MAX",
                                    Integer.toString(setup.chunkEvents()))
                            .start();
            return new Replica(process, answers);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    PipelineProcess process() {
        return process;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Gives an order and waits until it is obeyed; returns its number. */
    int order(String words) {
        int number = ++orders;
        process.tell(number + " " + words);
        await("it obeys: " + words, () -> left("done-" + number) || struck(number));
        return number;
    }

    /**
     * Lets it work, without waiting: it may be struck at once, or have been by what it does at
     * rest.
     */
    void letWork(BooleanSupplier struck) {
        try {
            process.tell(++orders + " work");
        } catch (IllegalStateException ended) {
            if (!struck.getAsBoolean()) {
                throw ended;
            }
        }
    }

    boolean struck(int order) {
        return left("struck-" + order);
    }

    boolean passed(int order) {
        return left("passed-" + order);
    }

    private boolean left(String file) {
        return Files.exists(answers.resolve(file));
    }

    /** Every step that it came to. */
    List<String> steps() throws IOException {
        Path steps = answers.resolve(Conduct.STEPS_FILE);
        return Files.exists(steps) ? Files.readAllLines(steps) : List.of();
    }

    boolean isStopped() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
    }

    boolean isReady() {
        return process.get("/health/ready").statusCode() == 200;
    }

    double fileLocksMet() {
        return process.metric("log_pipeline_lock_busy_total", "lock", "file");
    }

    double drainFailures(String reason) {
        return process.metric("log_pipeline_drain_failures_total", "reason", reason);
    }

    boolean hasNothingInHand() {
        return process.metric("log_pipeline_keys_in_hand") == 0;
    }

    /** SIGTERM by a signal: the JDK's own way closes the input too, which ends it at once. */
    void askToEnd() {
        process.signal("TERM");
    }

    /** Waits for its end. */
    int awaitExit() {
        Await.until("it ends", LIMIT, () -> !process.isAlive());
        return process.awaitExit();
    }

    void awaitDrained(RedisProcess redis) {
        await(
                "drained",
                () ->
                        redis.with(commands ->
                                commands.keys("*logs:user_*").stream()
                                                .noneMatch(key -> commands.ttl(key) < 0)
                                        && commands.xlen("logs:pending") == 0));
    }

    /** Waits, but not for one that ended. */
    void await(String what, Condition condition) {
        AtomicBoolean holds = new AtomicBoolean();
        Await.until(
                what,
                LIMIT,
                () -> {
                    boolean alive = process.isAlive();
                    try {
                        holds.set(condition.holds());
                    } catch (RuntimeException noAnswer) {
                        if (alive) {
                            throw noAnswer;
                        }
                    }
                    return holds.get() || !alive;
                });
        if (!holds.get()) {
            throw new AssertionError("it ended before: " + what + "\n" + process.output());
        }
    }

    /** What may come to hold. */
    interface Condition {
        boolean holds() throws IOException;
    }

    @Override
    public void close() {
        process.close();
    }
}
