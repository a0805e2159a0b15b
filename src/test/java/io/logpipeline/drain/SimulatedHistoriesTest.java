package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.simulation.SimulatedRedis;
import io.logpipeline.telemetry.LogFormat;
import io.logpipeline.telemetry.LogSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The drain code of production through thousands of histories of crashes, power failures, falls
 * back, split brains, lost replies and failing disks. Replay one with {@code -Dlogpipeline.seed=N};
 * more with {@code -Dlogpipeline.histories=N}.
 */
class SimulatedHistoriesTest {
    private static final int HISTORIES = Integer.getInteger("logpipeline.histories", 100);
    private static final long FIRST_SEED = Long.getLong("logpipeline.seed", 1);
    private static final SimulatedRedis.Scripts SCRIPTS = new SimulatedRedis.Scripts(Map.of());
    private static final int STEPS_MIN = 100;
    private static final int STEPS_MAX = 400;

    @BeforeAll
    static void thousandsOfHistoriesAreNotLogged() {
        LogSetup.install(LogFormat.TEXT, System.Logger.Level.OFF, System.Logger.Level.WARNING);
    }

    @AfterAll
    static void othersAre() {
        LogSetup.install(LogFormat.TEXT, System.Logger.Level.INFO, System.Logger.Level.WARNING);
    }

    private static void live(SimulatedWorld.Chances chances) {
        int histories = System.getProperty("logpipeline.seed") == null ? HISTORIES : 1;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + histories; seed++) {
            int steps = STEPS_MIN + (int) (seed % (STEPS_MAX - STEPS_MIN));
            if (!problems(seed, chances, steps).isEmpty()) {
                fail(seed, chances, steps);
            }
        }
        System.out.printf("%d histories with %s%n", histories, chances);
    }

    private static List<String> problems(long seed, SimulatedWorld.Chances chances, int steps) {
        SimulatedWorld world = new SimulatedWorld(seed, chances, steps, SCRIPTS);
        try {
            return world.run();
        } catch (RuntimeException | AssertionError failure) {
            return List.of(failure.toString());
        }
    }

    /** Shows the shortest beginning of this history after which something is wrong. */
    private static void fail(long seed, SimulatedWorld.Chances chances, int steps) {
        int shortest = steps;
        for (int shorter = 1; shorter < shortest; shorter++) {
            if (!problems(seed, chances, shorter).isEmpty()) {
                shortest = shorter;
            }
        }
        SimulatedWorld world = new SimulatedWorld(seed, chances, shortest, SCRIPTS);
        List<String> problems = new ArrayList<>();
        try {
            problems.addAll(world.run());
        } catch (RuntimeException | AssertionError failure) {
            problems.add(failure.toString());
        }
        assertThat(problems)
                .as(
                        "seed %d, %d steps, %s:%n%s%nfiles: %s",
                        seed, shortest, chances, world.story(), world.files())
                .isEmpty();
    }

    @Test
    void everyAcknowledgedEventIsInItsFileOnceWhateverHappensTogether() {
        live(SimulatedWorld.Chances.ALL);
    }

    @Test
    void everyAcknowledgedEventIsInItsFileOnceWhenDisksFailAndPowerGoes() {
        live(SimulatedWorld.Chances.DISK);
    }

    @Test
    void everySurvivingEventIsInItsFileOnceWhenRedisFallsBackAndSplits() {
        live(SimulatedWorld.Chances.REDIS);
    }
}
