package io.logpipeline.safeguards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes each safeguard out of the production code, one at a time, and runs the tests that are said
 * to miss it: one of them has to fail. With all safeguards in place the same tests have to pass, in
 * the same kind of process.
 */
class EverySafeguardIsMissedIT {
    private static final int PROCESSES = 2;

    /** Found in the names of those to take out. */
    private static final Pattern ONLY =
            Pattern.compile(System.getProperty("logpipeline.safeguard", ""));

    @TempDir private Path directory;

    /**
     * @param without the safeguard to take out; null for the run with all of them
     */
    private record Run(@Nullable Safeguard without, List<String> killers) {
        boolean asExpected(Verdict verdict) {
            return without == null ? verdict.green() : verdict.killed();
        }

        String line(Verdict verdict) {
            if (without != null) {
                return without.name() + " -> " + verdict;
            }
            String outcome = verdict.green() ? verdict.tests() + " tests passed" : "" + verdict;
            return "with all safeguards " + killers + " -> " + outcome;
        }
    }

    @Test
    void withoutAnyOneOfThemSomeTestFailsAndWithAllOfThemNone() throws Exception {
        List<Safeguard> safeguards =
                Safeguards.ALL.stream().filter(each -> ONLY.matcher(each.name()).find()).toList();
        List<Run> runs = new ArrayList<>();
        killersByClass(safeguards).values().forEach(killers -> runs.add(new Run(null, killers)));
        safeguards.forEach(each -> runs.add(new Run(each, each.killers())));

        Map<Run, Verdict> verdicts = verdicts(runs);

        runs.forEach(run -> System.out.println(run.line(verdicts.get(run))));
        assertThat(runs)
                .filteredOn(run -> !run.asExpected(verdicts.get(run)))
                .extracting(run -> run.line(verdicts.get(run)))
                .as("all that was printed is in target/safeguards-*.txt")
                .isEmpty();
    }

    private static Map<String, List<String>> killersByClass(List<Safeguard> safeguards) {
        Map<String, List<String>> byClass = new TreeMap<>();
        safeguards.stream()
                .flatMap(each -> each.killers().stream())
                .distinct()
                .sorted()
                .forEach(killer ->
                        byClass.computeIfAbsent(
                                        killer.replaceFirst("#.*", ""), none -> new ArrayList<>())
                                .add(killer));
        return byClass;
    }

    private Map<Run, Verdict> verdicts(List<Run> runs) throws Exception {
        Queue<Run> open = new ConcurrentLinkedQueue<>(runs);
        Map<Run, Verdict> verdicts = new ConcurrentHashMap<>();
        List<Callable<Void>> workers = new ArrayList<>();
        for (int i = 1; i <= PROCESSES; i++) {
            int number = i;
            workers.add(() -> work(open, verdicts, number));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(PROCESSES)) {
            for (Future<Void> worker : threads.invokeAll(workers)) {
                worker.get();
            }
        }
        return verdicts;
    }

    /** A mutant that ended its process or stands still has no part in the runs of others. */
    private Void work(Queue<Run> open, Map<Run, Verdict> verdicts, int number)
            throws IOException, InterruptedException {
        Path output = Path.of("target", "safeguards-" + number + ".txt");
        Files.deleteIfExists(output);
        for (int process = 1; !open.isEmpty(); process++) {
            Path mutants = directory.resolve(number + "-" + process);
            try (KillerProcess killers = new KillerProcess(mutants, output)) {
                while (killers.isAlive()) {
                    Run run = open.poll();
                    if (run == null) {
                        break;
                    }
                    verdicts.put(run, killers.run(run.without, run.killers));
                }
            }
        }
        return null;
    }
}
