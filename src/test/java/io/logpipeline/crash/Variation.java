package io.logpipeline.crash;

import io.logpipeline.faults.Moment;
import io.logpipeline.faults.Point;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * How a point is played: seed 0 plays it as it is written, another one varies all that a run is
 * free in.
 */
final class Variation {
    private static final int STANDARD_EVENTS = 9;
    private static final Duration BEYOND_LEASE = Duration.ofMillis(1600);
    private static final int LARGE_BYTES = 60_000;

    private final long seed;
    private final Setup setup;
    private final int eventsMin;
    private final Random random;

    Variation(long seed, Point point) {
        this.seed = seed;
        this.setup = setup(seed);
        this.eventsMin = Scenario.of(point.scenario()).eventsMin();
        this.random = new Random(31 * seed + point.toString().hashCode());
    }

    /** How the processes are set; the same for all points of a seed. */
    static Setup setup(long seed) {
        return seed == 0 ? Setup.standard() : Setup.random(new Random(seed));
    }

    private boolean isStandard() {
        return seed == 0;
    }

    List<String> events(String user) {
        if (isStandard()) {
            return Stage.events(user, Math.max(STANDARD_EVENTS, eventsMin), i -> 0);
        }
        boolean large = random.nextInt(5) == 0 && eventsMin == 0;
        // Three chunks at least, and what is settled before.
        int least = 2 * setup.chunkEvents() + 3;
        int count = Math.max(eventsMin, least + random.nextInt(large ? 5 : 30));
        return Stage.events(user, count, i -> large ? LARGE_BYTES : random.nextInt(200));
    }

    /** The point in one of the places that it stands for. */
    Point vary(Point point, int events) {
        if (isStandard()) {
            return point;
        }
        boolean atAnEdge = point.moment() == Moment.AFTER && Row.HOLDING_UP.contains(point.fault());
        Moment moment = atAnEdge && random.nextBoolean() ? Moment.BEFORE : point.moment();
        int chunks = (events - 2 + setup.chunkEvents() - 1) / setup.chunkEvents();
        int occurrence =
                Matrix.rowOf(point).eachChunk() ? 1 + random.nextInt(chunks) : point.occurrence();
        return point.at(moment, occurrence);
    }

    Duration delay() {
        return isStandard()
                ? BEYOND_LEASE
                : BEYOND_LEASE.minusMillis(300).plusMillis(random.nextInt(2500));
    }

    /** Whether another list is drained beside. */
    boolean hasCompanion() {
        return !isStandard();
    }
}
