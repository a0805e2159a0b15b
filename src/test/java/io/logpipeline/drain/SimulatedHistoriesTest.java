package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.simulation.Decisions;
import io.logpipeline.simulation.Scripts;
import io.logpipeline.simulation.Shortening;
import io.logpipeline.telemetry.LogFormat;
import io.logpipeline.telemetry.LogSetup;
import io.logpipeline.telemetry.Recovery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The drain code of production through tens of thousands of histories of crashes, power failures,
 * falls back, split brains, lost and late calls and failing disks. Replay one with {@code
 * -Dlogpipeline.seed=N}; more with {@code -Dlogpipeline.histories=N}.
 */
class SimulatedHistoriesTest {
    private static final int HISTORIES =
            Integer.getInteger(
                    "logpipeline.histories",
                    Boolean.getBoolean("logpipeline.chaos") ? 1_000_000 : 20_000);
    private static final long SEED = Long.getLong("logpipeline.seed", -1);
    private static final int STEPS_MIN = 40;
    private static final int STEPS_MAX = 260;

    /** Without these a history is too easy. */
    private static final Set<String> STORMS =
            Set.of(
                    "CLAIM BUSY",
                    "CLAIM EMPTY",
                    "CLAIM EXPIRED",
                    "CLAIM NOT_ADMITTED",
                    "COMMIT MORE",
                    "COMMIT STALE",
                    "PUSH DUPLICATE",
                    "RENEW GONE",
                    "busy FILE",
                    "busy SWEEPER",
                    "ended itself",
                    "expired",
                    "failed FORCE_DIRECTORY",
                    "failed TRUNCATE",
                    "failed WRITE",
                    "fell back",
                    "file moved",
                    "killed",
                    "late call",
                    "power lost",
                    "split brain",
                    "started empty",
                    "swept",
                    "waited PT10S",
                    "waited PT2M",
                    "waited PT2S",
                    Recovery.RECLAIMED.toString(),
                    Recovery.REPLACED_FILE.toString(),
                    Recovery.ROLLED_BACK.toString(),
                    Recovery.STALE_COMMIT.toString(),
                    Recovery.TAIL_MATCHED.toString(),
                    Recovery.TORN_TAIL.toString());

    enum Kind {
        EVERYTHING(Chances.ALL),
        FAILING_DISKS(Chances.DISK),
        FORGETFUL_REDIS(Chances.REDIS),
        REPEATED_EVENTS(Chances.REPEATS),
        SEVERAL_STREAMS(Chances.STREAMS);

        final Chances chances;

        Kind(Chances chances) {
            this.chances = chances;
        }
    }

    @BeforeAll
    static void thousandsOfHistoriesAreNotLogged() {
        LogSetup.install(LogFormat.TEXT, System.Logger.Level.OFF, System.Logger.Level.WARNING);
    }

    @AfterAll
    static void othersAre() {
        LogSetup.install(LogFormat.TEXT, System.Logger.Level.INFO, System.Logger.Level.WARNING);
    }

    private static int steps(long seed) {
        return STEPS_MIN + (int) (seed * 37 % (STEPS_MAX - STEPS_MIN));
    }

    @ParameterizedTest
    @EnumSource
    void everyEventIsInItsFileOnceWholeAndInOrderWhateverHappens(Kind kind) throws Exception {
        if (SEED >= 0) {
            System.out.println(kind + " " + live(kind, SEED, new Scripts()));
            return;
        }
        int threads = Runtime.getRuntime().availableProcessors();
        long histories = HISTORIES / Kind.values().length;
        AtomicLong next = new AtomicLong(1);
        long startNanos = System.nanoTime();
        Map<String, Integer> happened = new TreeMap<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Map<String, Integer>>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(executor.submit(() -> live(kind, next, histories)));
            }
            for (Future<Map<String, Integer>> part : parts) {
                result(part).forEach((what, count) -> happened.merge(what, count, Integer::sum));
            }
        }
        System.out.printf(
                "%s: %d histories in %d ms: %s%n",
                kind, histories, (System.nanoTime() - startNanos) / 1_000_000, happened);
        if (kind == Kind.EVERYTHING && histories >= 2_000) {
            assertThat(happened.keySet()).as("a calm sea proves nothing").containsAll(STORMS);
        } else if (kind == Kind.SEVERAL_STREAMS && histories >= 2_000) {
            assertThat(happened.keySet()).contains("REMOVE KEPT", "REMOVE REMOVED");
        }
    }

    /** One world after the other, each with the next seed. */
    private static Map<String, Integer> live(Kind kind, AtomicLong next, long last) {
        Scripts scripts = new Scripts();
        Map<String, Integer> happened = new HashMap<>();
        for (long seed = next.getAndIncrement(); seed <= last; seed = next.getAndIncrement()) {
            try {
                live(kind, seed, scripts)
                        .forEach((what, count) -> happened.merge(what, count, Integer::sum));
            } catch (AssertionError violation) {
                next.set(last + 1);
                throw violation;
            }
        }
        return happened;
    }

    private static Map<String, Integer> result(Future<Map<String, Integer>> part)
            throws InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause().getMessage(), failed.getCause());
        }
    }

    @Test
    void aSeedAndTheDecisionsTakenFromItTellTheSameStoryEachTime() {
        Scripts scripts = new Scripts();
        Scripts others = new Scripts();
        for (Kind kind : Kind.values()) {
            for (long seed = 1; seed <= 5; seed++) {
                Decisions first = Decisions.of(seed);
                String story = story(kind, first, steps(seed), scripts);

                assertThat(story(kind, Decisions.of(seed), steps(seed), others)).isEqualTo(story);
                List<int[]> taken = first.taken();
                assertThat(story(kind, Decisions.of(taken), taken.size(), scripts))
                        .isEqualTo(story);
            }
        }
    }

    private static String story(Kind kind, Decisions decisions, int steps, Scripts scripts) {
        SimulatedWorld world = new SimulatedWorld(decisions, kind.chances, scripts, true);
        assertThat(world.run(steps)).isEmpty();
        return world.story() + world.files();
    }

    private static Map<String, Integer> live(Kind kind, long seed, Scripts scripts) {
        Decisions decisions = Decisions.of(seed);
        SimulatedWorld world = new SimulatedWorld(decisions, kind.chances, scripts, false);
        if (!problems(world, steps(seed)).isEmpty()) {
            fail(kind, seed, decisions.taken(), scripts);
        }
        world.happened().put("events", world.keptEvents());
        return world.happened();
    }

    private static List<String> problems(SimulatedWorld world, int steps) {
        try {
            return world.run(steps);
        } catch (RuntimeException | AssertionError failure) {
            return List.of(failure.toString());
        }
    }

    private static void fail(Kind kind, long seed, List<int[]> history, Scripts scripts) {
        List<int[]> shortest =
                Shortening.of(
                        history,
                        candidate ->
                                !problems(
                                                new SimulatedWorld(
                                                        Decisions.of(candidate),
                                                        kind.chances,
                                                        scripts,
                                                        false),
                                                candidate.size())
                                        .isEmpty());
        SimulatedWorld world =
                new SimulatedWorld(Decisions.of(shortest), kind.chances, scripts, true);
        List<String> problems = problems(world, shortest.size());
        assertThat(problems)
                .as(
                        "%s, seed %d: %d of %d steps are enough:%n%s%nfiles: %s%n",
                        kind, seed, shortest.size(), history.size(), world.story(), world.files())
                .isEmpty();
    }
}
