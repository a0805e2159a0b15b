package io.logpipeline.drain;

import java.util.Arrays;

/**
 * The lists that have an entry in the pending stream, remembered in 8 bytes each.
 *
 * <p>A list whose hash collides with another's passes for known; each index has a seed of its own,
 * so the next sweep's sees it.
 */
final class EntryIndex {
    private final long seed;
    private long[] slots = new long[1024];
    private int size;

    EntryIndex(long seed) {
        this.seed = seed;
    }

    void add(String list) {
        if (2 * (size + 1) > slots.length) {
            long[] old = slots;
            slots = new long[2 * old.length];
            Arrays.stream(old).filter(hash -> hash != 0).forEach(this::insert);
        }
        if (insert(hash(list))) {
            size++;
        }
    }

    boolean contains(String list) {
        long hash = hash(list);
        int slot = slot(hash);
        while (slots[slot] != 0) {
            if (slots[slot] == hash) {
                return true;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return false;
    }

    int size() {
        return size;
    }

    private boolean insert(long hash) {
        int slot = slot(hash);
        while (slots[slot] != 0) {
            if (slots[slot] == hash) {
                return false;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = hash;
        return true;
    }

    private int slot(long hash) {
        return (int) hash & (slots.length - 1);
    }

    private long hash(String list) {
        long hash = seed;
        for (int i = 0; i < list.length(); i++) {
            hash = (hash ^ list.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return hash == 0 ? 1 : hash;
    }
}
