package io.logpipeline.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Visits every state, the nearest first, so that what it finds broken has the shortest history. */
final class Explorer {
    /**
     * What was found.
     *
     * @param states visited
     * @param quiet of those, the ones in which all is done
     * @param steps how many steps the longest of the shortest histories has
     * @param exhausted whether there are no more states
     * @param violation the first broken promise, and how it comes to it
     */
    record Report(
            Bounds bounds,
            int states,
            int quiet,
            int steps,
            boolean exhausted,
            Optional<Violation> violation) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s%n  states=%d quiet=%d steps=%d%s %s",
                    bounds,
                    states,
                    quiet,
                    steps,
                    exhausted ? " (all)" : "",
                    violation.map(Violation::toString).orElse("no violation"));
        }
    }

    /** A broken promise and the steps to it. */
    record Violation(String what, List<String> steps) {
        @Override
        public String toString() {
            return what + " after " + steps.size() + " steps:\n  " + String.join("\n  ", steps);
        }
    }

    private final Bounds bounds;
    private final Protocol protocol;
    private final Mishaps mishaps;
    private final StateSet found = new StateSet();
    private final World now = new World();
    private final World next = new World();
    private final long[] packed = new long[World.LONGS];

    private Explorer(Bounds bounds) {
        this.bounds = bounds;
        this.protocol = new Protocol(bounds);
        this.mishaps = new Mishaps(bounds);
    }

    static Report explore(Bounds bounds) {
        return explore(bounds, Integer.MAX_VALUE);
    }

    /**
     * @param statesMax where to stop, for bounds that are too wide to be exhausted
     */
    static Report explore(Bounds bounds, int statesMax) {
        return new Explorer(bounds).run(statesMax);
    }

    private Report run(int statesMax) {
        World start = World.start(bounds);
        start.tidy();
        start.pack(packed);
        found.add(packed, -1);
        long[] state = new long[World.LONGS];
        int quiet = 0;
        int index = 0;
        for (; index < found.size() && found.size() < statesMax; index++) {
            int from = index;
            found.get(index, state);
            now.unpack(state);
            String broken = Promise.broken(now);
            if (broken != null) {
                return report(index, quiet, Optional.of(new Violation(broken, history(index))));
            }
            if (Promise.isQuiet(now)) {
                quiet++;
            }
            moves(
                    now,
                    (to, who, step) -> {
                        to.tidy();
                        to.pack(packed);
                        found.add(packed, from);
                    });
        }
        int restless = index == found.size() ? new Calm(protocol, found).restless() : -1;
        return report(
                index,
                quiet,
                restless < 0
                        ? Optional.empty()
                        : Optional.of(new Violation("never quiet", history(restless))));
    }

    private Report report(int visited, int quiet, Optional<Violation> violation) {
        int steps = 0;
        for (int at = found.parent(Math.max(0, visited - 1)); at >= 0; at = found.parent(at)) {
            steps++;
        }
        return new Report(bounds, visited, quiet, steps, visited == found.size(), violation);
    }

    private void moves(World from, Moves moves) {
        for (int who = 0; who < from.workers.length; who++) {
            protocol.step(from, next, who, moves);
        }
        mishaps.all(from, next, moves);
    }

    /** Walks the way again with the drainers' names kept, which the visited states forgot. */
    private List<String> history(int end) {
        List<long[]> way = new ArrayList<>();
        for (int index = end; index >= 0; index = found.parent(index)) {
            long[] state = new long[World.LONGS];
            found.get(index, state);
            way.addFirst(state);
        }
        List<String> steps = new ArrayList<>();
        World current = World.start(bounds);
        current.tidy();
        for (long[] wanted : way.subList(1, way.size())) {
            World reached = new World();
            int before = steps.size();
            moves(
                    current,
                    (to, who, step) -> {
                        to.tidy();
                        to.pack(packed);
                        if (steps.size() == before && Arrays.equals(packed, wanted)) {
                            reached.copy(to);
                            steps.add(line(to, who, step));
                        }
                    });
            if (steps.size() == before) {
                throw new IllegalStateException("the history has a gap after " + steps);
            }
            current.copy(reached);
        }
        return steps;
    }

    private static String line(World world, int who, String step) {
        String name = who < 0 ? "" : who == 0 ? "A " : "B ";
        return name + step + (who < 0 ? "" : world.workers[who]) + "   " + world;
    }
}
