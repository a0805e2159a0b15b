package io.logpipeline.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four drainers, two APIs and one Redis, something failing every few seconds, ten million events:
 * each is in its file once, whole and in order. {@code mvn verify -Psoak}; smaller with {@code
 * -Dlogpipeline.soak.events=200000}, the same faults again with {@code -Dlogpipeline.seed=N}.
 */
class Soak {
    private static final long EVENTS = Long.getLong("logpipeline.soak.events", 10_000_000);
    private static final long SEED = Long.getLong("logpipeline.seed", System.nanoTime());
    private static final Workload WORKLOAD = new Workload(48, 3_000, 4);
    private static final Duration DRAINED_WITHIN = Duration.ofMinutes(10);
    private static final List<String> UNEXPECTED =
            List.of("Z ERROR ", "Internal server error", "OutOfMemory", "StackOverflow");
    private static final int PROGRESS_EVERY_SECONDS = 10;

    /** Kept when something is wrong: the files, and what the processes said. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final Producer.Tally tally = new Producer.Tally();

    @Test
    void eachEventLandsOnceWholeAndInOrderWhateverFails() throws Exception {
        System.out.printf("Soak: %,d events, -Dlogpipeline.seed=%d%n", EVENTS, SEED);
        SoakReport report = new SoakReport(EVENTS, SEED, tally);
        try (RedisProcess redis =
                        RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
                Fleet fleet = Fleet.start(directory, redis)) {
            report.starts();
            int[][] sent;
            Watcher watcher = new Watcher(fleet, redis);
            Chaos chaos = new Chaos(fleet, redis, SEED);
            try (watcher) {
                try (chaos) {
                    sent = produce(fleet, watcher);
                }
                report.produced();
                Leftovers leftovers = new Leftovers(redis);
                Await.until("Redis holds no event", DRAINED_WITHIN, leftovers::none);
                report.drained();
            }
            fleet.terminate();
            Judge.Verdict verdict = new Judge(WORKLOAD).judge(fleet.logDir(), sent);
            List<String> problems = new ArrayList<>(verdict.problems());
            problems.addAll(new Leftovers(redis).unsettled(WORKLOAD, fleet.logDir()));
            problems.addAll(implausible(watcher));
            problems.addAll(unexpectedOutput());
            report.write(verdict, watcher, chaos, problems);
            assertThat(problems).as("-Dlogpipeline.seed=" + SEED).isEmpty();
            assertThat(verdict.landed()).isEqualTo(EVENTS);
            assertThat(tally.acknowledgedEvents).hasValue(EVENTS);
        }
    }

    private int[][] produce(Fleet fleet, Watcher watcher) throws Exception {
        List<Future<int[]>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WORKLOAD.producers(); i++) {
                Producer producer = new Producer(WORKLOAD, fleet, tally, i, SEED);
                long share =
                        EVENTS * (i + 1) / WORKLOAD.producers() - EVENTS * i / WORKLOAD.producers();
                running.add(threads.submit(() -> producer.send(share)));
            }
            int[][] sent = new int[WORKLOAD.producers()][];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = awaited(running.get(i), watcher);
            }
            return sent;
        }
    }

    private int[] awaited(Future<int[]> producer, Watcher watcher) throws Exception {
        while (true) {
            try {
                return producer.get(PROGRESS_EVERY_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException notYet) {
                System.out.printf(
                        "Soak: acknowledged %,d, drained %,.0f, lag %.1f s%n",
                        tally.acknowledgedEvents.get(),
                        watcher.total("events_drained_total"),
                        watcher.lastLagSeconds());
            }
        }
    }

    /** A killed process takes its last second of counting with it; none counts what was not. */
    private static List<String> implausible(Watcher watcher) {
        List<String> problems = new ArrayList<>();
        double drained = watcher.total("events_drained_total");
        double accepted = watcher.total("events_accepted_total");
        double expired = watcher.total("keys_expired_total");
        if (drained > EVENTS || drained < EVENTS / 2.0) {
            problems.add("events_drained_total is " + drained);
        }
        if (accepted < EVENTS / 2.0 || accepted > EVENTS * 1.1) {
            problems.add("events_accepted_total is " + accepted);
        }
        if (expired > 0) {
            problems.add("keys_expired_total is " + expired);
        }
        return problems;
    }

    /** What fails from outside is said as a warning. */
    private List<String> unexpectedOutput() throws IOException {
        List<String> problems = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, "process-*.log")) {
            for (Path file : files) {
                String output = Files.readString(file);
                if (UNEXPECTED.stream().anyMatch(output::contains)) {
                    problems.add(file + ":\n" + output);
                }
            }
        }
        return problems;
    }
}
