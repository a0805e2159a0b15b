package io.logpipeline.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * All that is left to chance in one history, a list of numbers for each of its steps: drawn from a
 * seed, and kept, or given. Where a given step has no more numbers the answer is 0, which always
 * stands for what is usual; so any part of a history is a history.
 */
public final class Decisions {
    private static final int[] NONE = {};

    private final Random random;
    private final List<int[]> given;
    private final List<int[]> taken = new ArrayList<>();
    private int[] step = NONE;
    private int[] drawn = new int[16];
    private int count;

    private Decisions(Random random, List<int[]> given) {
        this.random = random;
        this.given = given;
    }

    /** Drawn from a seed. */
    public static Decisions of(long seed) {
        return new Decisions(new Random(seed), List.of());
    }

    /** As they were {@link #taken} before, or a part of them. */
    public static Decisions of(List<int[]> given) {
        return new Decisions(null, given);
    }

    /** Begins the next step; false when there is none of those given. */
    public boolean next() {
        keep();
        if (random != null) {
            return true;
        }
        int index = taken.size() - 1;
        step = index < given.size() ? given.get(index) : NONE;
        return index < given.size();
    }

    private void keep() {
        taken.add(Arrays.copyOf(drawn, count));
        count = 0;
    }

    /** From 0 to less than the bound. */
    public int pick(int bound) {
        int number;
        if (random != null) {
            number = random.nextInt(bound);
        } else {
            number = count < step.length ? Math.floorMod(step[count], bound) : 0;
        }
        return note(number);
    }

    /** Whether something unusual happens that happens so often. */
    public boolean chance(int ofThousand) {
        if (ofThousand == 0) {
            return false;
        }
        boolean happens =
                random != null
                        ? random.nextInt(1000) < ofThousand
                        : count < step.length && step[count] == 1;
        return note(happens ? 1 : 0) == 1;
    }

    private int note(int number) {
        if (count == drawn.length) {
            drawn = Arrays.copyOf(drawn, 2 * count);
        }
        drawn[count++] = number;
        return number;
    }

    /** What was decided, for each step. */
    public List<int[]> taken() {
        List<int[]> all = new ArrayList<>(taken.subList(Math.min(1, taken.size()), taken.size()));
        all.add(Arrays.copyOf(drawn, count));
        return all;
    }
}
