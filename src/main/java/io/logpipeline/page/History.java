package io.logpipeline.page;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The last minutes, for whoever opens the page amid an incident. Bounded; thread-safe: one writes,
 * any number reads.
 */
final class History {
    /** Five minutes, at one a second. */
    static final int SAMPLES_MAX = 300;

    /**
     * One second.
     *
     * @param known whether Redis answered: else lag and keys are of an earlier time
     * @param accepted events a second, of this process
     * @param drained events a second, of this process
     */
    record Sample(
            long nanos,
            boolean known,
            double lagSeconds,
            long keysPending,
            double accepted,
            double drained) {}

    private final Deque<Sample> samples = new ArrayDeque<>(SAMPLES_MAX);
    private long total;

    synchronized void add(Sample sample) {
        if (samples.size() == SAMPLES_MAX) {
            samples.removeFirst();
        }
        samples.addLast(sample);
        total++;
    }

    /** How many there were, forgotten ones too: the number of the newest. */
    synchronized long total() {
        return total;
    }

    /** Those that came after the one of this number and are still kept, oldest first. */
    synchronized List<Sample> after(long number) {
        long skipped = Math.max(0, number - (total - samples.size()));
        List<Sample> list = new ArrayList<>();
        for (Sample sample : samples) {
            if (skipped > 0) {
                skipped--;
            } else {
                list.add(sample);
            }
        }
        return list;
    }
}
