package io.logpipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.faults.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every step struck by every fault that applies to it: real Redis, real JVMs, real files; then
 * another replica goes on, and the oracle judges.
 *
 * <p>Once each distinct point in each build. {@code -Dlogpipeline.chaos=true}: all, by 30 seeds, or
 * as many as {@code -Dlogpipeline.seeds} says, beginning with {@code -Dlogpipeline.seed}. A failure
 * is printed with the {@code -Dlogpipeline.fault} and {@code -Dlogpipeline.seed} that play it
 * again; the beginning of a point, such as {@code torn/COMMIT}, stands for all that begin so.
 */
class CrashMatrixIT {
    private static final int LANES = Integer.getInteger("logpipeline.lanes", 8);
    private static final int LANES_TOGETHER = 2;
    private static final String ONLY = System.getProperty("logpipeline.fault", "");
    private static final boolean AT_LENGTH = Boolean.getBoolean("logpipeline.chaos");

    @TempDir private Path directory;

    private Installation installation;
    private final Tally tally = new Tally();

    /** All, those that begin so, or one in whatever place. */
    private static List<Point> points() {
        boolean all = AT_LENGTH || !ONLY.isEmpty();
        List<Point> chosen =
                (all ? Matrix.points() : Matrix.distinctPoints())
                        .stream().filter(point -> point.toString().startsWith(ONLY)).toList();
        return chosen.isEmpty() ? List.of(Point.parse(ONLY)) : chosen;
    }

    private static long[] seeds() {
        long first = Long.getLong("logpipeline.seed", AT_LENGTH ? 1 : 0);
        int count = Integer.getInteger("logpipeline.seeds", AT_LENGTH && ONLY.isEmpty() ? 30 : 1);
        return LongStream.range(first, first + count).toArray();
    }

    @Test
    void whateverStrikesAtWhateverStepEachEventIsInItsFileOnce() throws Exception {
        long startNanos = System.nanoTime();
        installation = Installation.in(directory);
        for (long seed : seeds()) {
            play(seed);
            System.out.printf("CrashMatrixIT: seed %d is played%n", seed);
        }
        System.out.println(tally.report(Duration.ofNanos(System.nanoTime() - startNanos)));
        assertThat(tally.problems()).isEmpty();
        if (ONLY.isEmpty()) {
            Set<String> struck = Matrix.all().stream().map(Row::step).collect(Collectors.toSet());
            Set<String> unstruck = new TreeSet<>(tally.steps());
            unstruck.removeAll(struck);
            assertThat(unstruck).as("steps that processes came to and no row has").isEmpty();
        }
    }

    private void play(long seed) throws Exception {
        List<Point> shuffled = new ArrayList<>(points());
        Collections.shuffle(shuffled, new Random(seed));
        Queue<Point> queue = new ConcurrentLinkedQueue<>();
        Queue<Point> together = new ConcurrentLinkedQueue<>();
        for (Point point : shuffled) {
            (Scenario.of(point.scenario()).syncsTogether() ? together : queue).add(point);
        }
        Setup setup = Variation.setup(seed);
        int lanes = Math.min(LANES, shuffled.size());
        try (ExecutorService threads = Executors.newFixedThreadPool(lanes)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                Path home = directory.resolve("seed-" + seed + "-lane-" + i);
                boolean alsoTogether = i < LANES_TOGETHER;
                tasks.add(() -> {
                    if (alsoTogether) {
                        playOrTell(together, setup.syncingTogether(), seed, home);
                    }
                    return playOrTell(queue, setup, seed, home);
                });
            }
            for (Future<Void> each : threads.invokeAll(tasks)) {
                each.get();
            }
        }
        queue.addAll(together);
        if (!queue.isEmpty()) {
            tally.addProblem(queue.size() + " points of seed " + seed + " were not played");
        }
    }

    private Void playOrTell(Queue<Point> queue, Setup setup, long seed, Path home) {
        try {
            playAll(queue, setup, seed, home.resolve(setup.sync()));
        } catch (AssertionError | RuntimeException | IOException failure) {
            tally.addProblem("a lane ended: " + failure);
        }
        return null;
    }

    /** A lane on which a point went wrong is left as it is; the next point gets a new one. */
    private void playAll(Queue<Point> queue, Setup setup, long seed, Path home) throws IOException {
        for (int lanes = 0; !queue.isEmpty(); lanes++) {
            Path laneHome = home.resolveSibling(home.getFileName() + "-" + lanes);
            try (Lane lane = Lane.open(installation, laneHome, setup)) {
                boolean clean = true;
                while (clean) {
                    Point point = queue.poll();
                    if (point == null) {
                        tally.addLane(lane.end(), lane.steps());
                        return;
                    }
                    Verdict verdict = verdict(lane, point, seed);
                    tally.add(point, seed, verdict);
                    clean = verdict.isClean();
                }
            }
        }
    }

    private static Verdict verdict(Lane lane, Point point, long seed) {
        try {
            return lane.play(point, new Variation(seed, point));
        } catch (AssertionError | RuntimeException | IOException failure) {
            return Verdict.failed(failure + lane.lastWords());
        }
    }
}
