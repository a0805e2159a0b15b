package io.logpipeline.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** States found so far, in the order of their finding, and from which one each was found. */
final class StateSet {
    private static final int SEGMENT_BITS = 14;
    private static final int SEGMENT = 1 << SEGMENT_BITS;

    private final List<long[]> segments = new ArrayList<>();
    private final List<int[]> parents = new ArrayList<>();
    private int[] table = new int[1 << 16];
    private int size;

    int size() {
        return size;
    }

    /** Whether it was not there before. */
    boolean add(long[] state, int parent) {
        int slot = slot(state);
        if (table[slot] != 0) {
            return false;
        }
        if (size % SEGMENT == 0) {
            segments.add(new long[SEGMENT * World.LONGS]);
            parents.add(new int[SEGMENT]);
        }
        System.arraycopy(state, 0, segments.getLast(), size % SEGMENT * World.LONGS, World.LONGS);
        parents.getLast()[size % SEGMENT] = parent;
        table[slot] = ++size;
        if (size > table.length / 2) {
            grow();
        }
        return true;
    }

    void get(int index, long[] state) {
        System.arraycopy(
                segments.get(index >> SEGMENT_BITS),
                index % SEGMENT * World.LONGS,
                state,
                0,
                World.LONGS);
    }

    /** The index of a state, or -1. */
    int indexOf(long[] state) {
        return table[slot(state)] - 1;
    }

    int parent(int index) {
        return parents.get(index >> SEGMENT_BITS)[index % SEGMENT];
    }

    private int slot(long[] state) {
        int mask = table.length - 1;
        int slot = hash(state, 0) & mask;
        while (table[slot] != 0 && !equal(table[slot] - 1, state)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean equal(int index, long[] state) {
        int from = index % SEGMENT * World.LONGS;
        return Arrays.equals(
                segments.get(index >> SEGMENT_BITS),
                from,
                from + World.LONGS,
                state,
                0,
                World.LONGS);
    }

    private void grow() {
        int[] larger = new int[2 * table.length];
        int mask = larger.length - 1;
        for (int index = 0; index < size; index++) {
            int slot =
                    hash(segments.get(index >> SEGMENT_BITS), index % SEGMENT * World.LONGS) & mask;
            while (larger[slot] != 0) {
                slot = slot + 1 & mask;
            }
            larger[slot] = index + 1;
        }
        table = larger;
    }

    private static int hash(long[] longs, int from) {
        long hash = 0;
        for (int i = from; i < from + World.LONGS; i++) {
            hash = (hash ^ longs[i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) (hash ^ hash >>> 15);
    }
}
