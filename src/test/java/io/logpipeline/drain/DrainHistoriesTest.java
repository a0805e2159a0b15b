package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.SteppingClock;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random lives of one list: the production code of the files against a model of Redis
 * and of a disk, with crashes, power losses, full disks, failed forces, forgotten writes and
 * drainers that wake late. Each ends with every event in its file once, whole and in order.
 */
class DrainHistoriesTest {
    private static final int HISTORIES = Integer.getInteger("histories.count", 8_000);
    private static final long SEED = Long.getLong("histories.seed", 20_260_101L);
    private static final int PROCESSES = 3;

    @Test
    void everyHistoryEndsWithEachEventOnceWholeAndInOrder() {
        SteppingClock clock = new SteppingClock();
        SimulatedDisk disk = new SimulatedDisk(clock.wall());
        List<SimulatedProcess> processes =
                IntStream.range(0, PROCESSES)
                        .mapToObj(number -> new SimulatedProcess(number, disk, clock))
                        .toList();
        HistoryCounts counts = new HistoryCounts();

        for (int i = 0; i < HISTORIES; i++) {
            long seed = SEED + i;
            DrainHistory history =
                    new DrainHistory(new Random(seed), clock, disk, processes, counts);
            try {
                history.run();
            } catch (AssertionError | RuntimeException violation) {
                throw new AssertionError(
                        history.diary()
                                + "\nreplay with -Dhistories.count=1 -Dhistories.seed="
                                + seed,
                        violation);
            }
        }

        System.getLogger("io.logpipeline.drain")
                .log(System.Logger.Level.INFO, counts.everyKind().toString());
        if (HISTORIES >= 1_000) {
            assertThat(counts.everyKind())
                    .allSatisfy((kind, count) -> assertThat(count).isPositive());
        }
    }
}
