package io.logpipeline.safeguards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
 * to miss it: one of them has to fail, at one of three tries at least, since a mutant may be one of
 * timing. With all safeguards in place the same tests have to pass, in the same kind of process.
 */
class EverySafeguardIsMissedIT {
    /** One more than cores: a mutant that stands still is waited for. */
    private static final int PROCESSES = 3;

    private static final int TRIES = 3;

    /** Found in the names of those to take out. */
    private static final Pattern ONLY =
            Pattern.compile(System.getProperty("logpipeline.safeguard", ""));

    @TempDir private Path directory;

    /**
     * @param without the safeguard to take out; null for the run with all of them
     */
    private record Run(@Nullable Safeguard without, List<String> killers) {
        boolean asExpected(Ended ended) {
            Verdict verdict = ended.verdict;
            return without == null ? verdict.green() : verdict.killed();
        }

        String line(Ended ended) {
            Verdict verdict = ended.verdict;
            String outcome = verdict.green() ? verdict.tests() + " tests passed" : "" + verdict;
            return String.format(
                    Locale.ROOT,
                    "%s -> %s, %.1f s%s",
                    without == null ? "with all safeguards " + killers : without.name(),
                    without == null ? outcome : verdict,
                    ended.seconds,
                    ended.tries == 1 ? "" : ", at try " + ended.tries);
        }
    }

    @Test
    void withoutAnyOneOfThemSomeTestFailsAndWithAllOfThemNone() throws Exception {
        List<Safeguard> safeguards =
                Safeguards.ALL.stream().filter(each -> ONLY.matcher(each.name()).find()).toList();
        List<Run> runs = new ArrayList<>();
        killersByClass(safeguards).values().forEach(killers -> runs.add(new Run(null, killers)));
        safeguards.forEach(each -> runs.add(new Run(each, each.killers())));

        Map<Run, Ended> ended = ended(runs);

        runs.forEach(run -> System.out.println(run.line(ended.get(run))));
        assertThat(runs)
                .filteredOn(run -> !run.asExpected(ended.get(run)))
                .extracting(run -> run.line(ended.get(run)))
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

    /** What became of a run, and how long it took. */
    private record Ended(Verdict verdict, double seconds, int tries) {}

    private Map<Run, Ended> ended(List<Run> runs) throws Exception {
        Queue<Run> open = new ConcurrentLinkedQueue<>(runs);
        Map<Run, Ended> ended = new ConcurrentHashMap<>();
        List<Callable<Void>> workers = new ArrayList<>();
        for (int i = 1; i <= PROCESSES; i++) {
            int number = i;
            workers.add(() -> work(open, ended, number));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(PROCESSES)) {
            for (Future<Void> worker : threads.invokeAll(workers)) {
                worker.get();
            }
        }
        return ended;
    }

    /** A mutant that ended its process or stands still has no part in the runs of others. */
    private Void work(Queue<Run> open, Map<Run, Ended> ended, int number)
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
                    long startNanos = System.nanoTime();
                    Verdict verdict = killers.run(run.without, run.killers);
                    Ended before = ended.get(run);
                    int tries = before == null ? 1 : before.tries + 1;
                    ended.put(
                            run, new Ended(verdict, (System.nanoTime() - startNanos) / 1e9, tries));
                    if (run.without != null && !verdict.killed() && tries < TRIES) {
                        open.add(run);
                    }
                }
            }
        }
        return null;
    }
}
