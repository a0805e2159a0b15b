package io.logpipeline.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks for the shortest history that still goes wrong: leaves out runs of steps, halves first and
 * single ones last (Zeller's delta debugging), and then the unusual in the steps that are left.
 */
public final class Shortening {
    private static final int TRIES_MAX = 20_000;

    private final Predicate<List<int[]>> goesWrong;
    private List<int[]> shortest;
    private int tries;

    private Shortening(List<int[]> history, Predicate<List<int[]>> goesWrong) {
        this.shortest = history;
        this.goesWrong = goesWrong;
    }

    /**
     * @param history goes wrong; its first step, the beginning, stays
     */
    public static List<int[]> of(List<int[]> history, Predicate<List<int[]>> goesWrong) {
        Shortening shortening = new Shortening(history, goesWrong);
        int before;
        do {
            before = size(shortening.shortest);
            shortening.leaveStepsOut();
            shortening.makeStepsUsual();
        } while (size(shortening.shortest) < before);
        return shortening.shortest;
    }

    private static int size(List<int[]> history) {
        int size = history.size();
        for (int[] step : history) {
            size += step.length;
            for (int number : step) {
                size += number == 0 ? 0 : 1;
            }
        }
        return size;
    }

    private boolean take(List<int[]> candidate) {
        if (tries++ < TRIES_MAX && goesWrong.test(candidate)) {
            shortest = candidate;
            return true;
        }
        return false;
    }

    private void leaveStepsOut() {
        for (int run = shortest.size() / 2; run > 0; run = run / 2) {
            int from = shortest.size() - run;
            while (from >= 1) {
                List<int[]> candidate = new ArrayList<>(shortest);
                candidate.subList(from, from + run).clear();
                take(candidate);
                from = Math.min(from, shortest.size()) - run;
            }
        }
    }

    private void makeStepsUsual() {
        for (int i = 0; i < shortest.size(); i++) {
            for (int length = 0; length < shortest.get(i).length; length++) {
                if (take(with(i, Arrays.copyOf(shortest.get(i), length)))) {
                    break;
                }
            }
            for (int j = 0; j < shortest.get(i).length; j++) {
                if (shortest.get(i)[j] != 0) {
                    int[] step = shortest.get(i).clone();
                    step[j] = 0;
                    take(with(i, step));
                }
            }
        }
    }

    private List<int[]> with(int index, int[] step) {
        List<int[]> candidate = new ArrayList<>(shortest);
        candidate.set(index, step);
        return candidate;
    }
}
