package io.logpipeline.crash;

import java.util.ArrayList;
import java.util.List;

/** What was found after a point: how many events are missing, there twice, or not whole. */
record Verdict(int lost, int doubled, int torn, List<String> problems) {
    static Verdict failed(String problem) {
        return new Verdict(0, 0, 0, List.of(problem));
    }

    Verdict and(Verdict other) {
        List<String> all = new ArrayList<>(problems);
        all.addAll(other.problems);
        return new Verdict(
                lost + other.lost, doubled + other.doubled, torn + other.torn, List.copyOf(all));
    }

    boolean isClean() {
        return lost + doubled + torn == 0 && problems.isEmpty();
    }
}
