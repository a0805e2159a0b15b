package io.logpipeline.spec;

import io.logpipeline.spec.Worker.Phase;
import org.jspecify.annotations.Nullable;

/** What the protocol promises: once, whole, in order, and nothing acknowledged is missing. */
final class Promise {
    private Promise() {}

    /** What this state breaks, or null. */
    static @Nullable String broken(World world) {
        DayFile file = world.file;
        int seen = 0;
        int at = 0;
        int newest = -1;
        int acknowledged = Store.acknowledged(world.stores[0]);
        boolean inOrder = true;
        for (int end = Cells.lineEnd(file.cache, 0, file.cacheLength);
                end >= 0;
                end = Cells.lineEnd(file.cache, at, file.cacheLength)) {
            int event = Cells.event(file.cache, at, end);
            if (event < 0) {
                return "a torn line";
            }
            if ((seen >> event & 1) == 1) {
                return "e" + (event + 1) + " twice";
            }
            seen |= 1 << event;
            if ((acknowledged >> event & 1) == 1) {
                inOrder &= event > newest;
                newest = event;
            }
            at = end;
        }
        if (!inOrder) {
            return "out of order";
        }
        int lost = isQuiet(world) ? acknowledged & ~seen : 0;
        return lost == 0 ? null : World.events(lost) + " lost";
    }

    /** All drainers rest and the master of now holds nothing. */
    static boolean isQuiet(World world) {
        return world.workers[0].phase == Phase.IDLE
                && world.workers[1].phase == Phase.IDLE
                && Store.isDrained(world.stores[0]);
    }
}
