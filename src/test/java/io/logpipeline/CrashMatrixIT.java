package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.XAddArgs;
import io.logpipeline.faults.FaultPlan;
import io.logpipeline.faults.FaultPlan.Fault;
import io.logpipeline.faults.FaultPlan.Moment;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A drainer that is killed, stopped or fails, before and after each of its effects: real Redis,
 * real JVM, real files. Then another drainer goes on, the stopped one wakes up, and the file is
 * judged.
 */
class CrashMatrixIT {
    private static final String USER = "matrix";
    private static final String LIST = Numbered.list(USER);
    private static final int SETTLED = 2;
    private static final int EVENTS = 9;
    private static final int AT_ONCE = 4;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final List<String> EFFECTS =
            List.of(
                    "TAKE",
                    "CLAIM",
                    "COMMIT",
                    "RENEW",
                    "ACKNOWLEDGE",
                    "disk.stat",
                    "disk.open",
                    "disk.lock",
                    "disk.read",
                    "disk.truncate",
                    "disk.write",
                    "disk.force",
                    "disk.forceDirectory");

    /** What each build runs; all of them, some minutes, with {@code -Dlogpipeline.chaos=true}. */
    private static final List<String> SAMPLE =
            List.of(
                    "CLAIM:AFTER:1:KILL",
                    "COMMIT:AFTER:1:KILL",
                    "disk.truncate:AFTER:1:KILL",
                    "disk.write:AFTER:5:KILL",
                    "disk.force:BEFORE:1:FAIL",
                    "disk.write:AFTER:1:STOP",
                    "COMMIT:BEFORE:1:STOP",
                    "COMMIT:AFTER:3:FAIL");

    @TempDir private Path directory;

    private static List<FaultPlan> plans() {
        String only = System.getProperty("logpipeline.fault");
        if (only != null) {
            return List.of(FaultPlan.parse(only));
        }
        if (!Boolean.getBoolean("logpipeline.chaos")) {
            return SAMPLE.stream().map(FaultPlan::parse).toList();
        }
        List<FaultPlan> plans = new ArrayList<>();
        for (String effect : EFFECTS) {
            for (Moment moment : Moment.values()) {
                for (Fault fault : Fault.values()) {
                    plans.add(new FaultPlan(effect, moment, 1, fault));
                }
            }
        }
        // The chunk in the middle, and the last.
        for (Fault fault : Fault.values()) {
            plans.add(new FaultPlan("disk.write", Moment.AFTER, 5, fault));
            plans.add(new FaultPlan("COMMIT", Moment.AFTER, 3, fault));
            plans.add(new FaultPlan("CLAIM", Moment.BEFORE, 3, fault));
        }
        return plans;
    }

    @Test
    void whateverEffectADrainerDiesAtEachEventIsInItsFileOnce() throws Exception {
        List<FaultPlan> plans = plans();
        List<String> problems = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (FaultPlan plan : plans) {
                tasks.add(() -> live(plan));
            }
            for (Future<String> each : threads.invokeAll(tasks)) {
                if (!each.get().isEmpty()) {
                    problems.add(each.get());
                }
            }
        }
        System.out.printf(
                "CrashMatrixIT: %d faults, %d lost, doubled or torn%n",
                plans.size(), problems.size());
        assertThat(problems).isEmpty();
    }

    private String live(FaultPlan plan) throws IOException {
        Path home = Files.createDirectories(directory.resolve(plan.toString().replace(':', '-')));
        Path file = home.resolve("logs/user_" + USER + "/19818.jsonl");
        try (RedisProcess redis = RedisProcess.start()) {
            prepare(redis, file);
            try (PipelineProcess faulty =
                    drainer(home, redis)
                            .mainClass(FaultyMain.class)
                            .with("FAULT", plan.toString())
                            .start()) {
                awaitFault(plan, faulty, redis);
                try (PipelineProcess other = drainer(home, redis).start()) {
                    if (plan.fault() == Fault.STOP) {
                        // Stopped while it holds the file's lock, it holds up that file, as it may.
                        Await.until(
                                plan + ": the other drained, or met the lock",
                                LIMIT,
                                () ->
                                        isDrained(redis)
                                                || other.metric(
                                                                "log_pipeline_lock_busy_total",
                                                                "lock",
                                                                "file")
                                                        > 0);
                        faulty.signal("CONT");
                        faulty.awaitReady();
                    }
                    Await.until(plan + ": drained", LIMIT, () -> isDrained(redis));
                    assertThat(other.isAlive()).isTrue();
                }
            }
            return judge(plan, redis, file);
        } catch (AssertionError | RuntimeException failure) {
            return plan + ": " + failure;
        }
    }

    private static PipelineProcess.Builder drainer(Path home, RedisProcess redis) {
        return PipelineProcess.of(home, "drainer")
                .redis(redis.url())
                .jvmOption("-XX:TieredStopAtLevel=1")
                .with("DRAINER_LEASE_SECONDS", "1")
                .with("DRAINER_FILE_LOCK_TIMEOUT_MS", "200")
                .with("DRAINER_WORKERS", "1")
                .with("DRAINER_BATCH_ELEMENTS_MAX", "3");
    }

    /** A file with settled lines, a torn line behind them that the ledger knows nothing of. */
    private static void prepare(RedisProcess redis, Path file) throws IOException {
        StringBuilder settled = new StringBuilder();
        for (int i = 0; i < SETTLED; i++) {
            settled.append(Numbered.line(USER, i)).append('\n');
        }
        String torn = Numbered.line(USER, SETTLED).substring(0, 20);
        Files.createDirectories(file.getParent());
        Files.writeString(file, settled + torn);
        redis.with(commands -> {
            commands.hset(
                    "{" + LIST + "}:ledger",
                    Map.of("position", Integer.toString(settled.length())));
            for (int i = SETTLED; i < EVENTS; i++) {
                commands.rpush(LIST, Numbered.line(USER, i));
            }
            return commands.xadd(
                    "logs:pending",
                    new XAddArgs().id("1-1"),
                    Map.of("key", LIST, "noticed_us", "1"));
        });
    }

    private static void awaitFault(FaultPlan plan, PipelineProcess faulty, RedisProcess redis) {
        switch (plan.fault()) {
            case KILL -> assertThat(faulty.awaitExit()).isEqualTo(FaultPlan.STATUS_KILLED);
            case STOP -> Await.until(plan + ": stopped", LIMIT, () -> isStopped(faulty.pid()));
            // It may go on by itself, or end: a failed force ends it.
            case FAIL ->
                    Await.until(
                            plan + ": survived or ended",
                            LIMIT,
                            () -> !faulty.isAlive() || isDrained(redis));
        }
    }

    private static boolean isStopped(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
    }

    private static boolean isDrained(RedisProcess redis) {
        return redis.with(commands ->
                commands.exists(LIST, "{" + LIST + "}:batch") == 0
                        && commands.xlen("logs:pending") == 0);
    }

    private static String judge(FaultPlan plan, RedisProcess redis, Path file) throws IOException {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < EVENTS; i++) {
            expected.append(Numbered.line(USER, i)).append('\n');
        }
        String found = Files.readString(file);
        String position =
                redis.with(commands -> commands.hget("{" + LIST + "}:ledger", "position"));
        if (!found.contentEquals(expected)) {
            return plan + ": the file holds " + found;
        }
        return position.equals(Integer.toString(expected.length()))
                ? ""
                : plan + ": the ledger says " + position + " of " + expected.length();
    }
}
