package io.logpipeline.event;

import java.util.Arrays;

/**
 * The member names of one object, as the offsets at which they stand in its line. There a string
 * has one form only, and its closing quote is its first that no backslash escapes: names are equal
 * when their bytes up to and with that quote are.
 *
 * <p>Takes 8 bytes a slot: up to 22 bytes a name, 32 while it grows.
 */
final class ObjectNames {
    /** So few are looked through one by one; more are hashed. */
    private static final int IN_ORDER_MAX = 8;

    /** Larger slots are dropped rather than cleared: clearing costs what their object cost. */
    private static final int KEPT_SLOTS_MAX = 64;

    /**
     * Each a name's hash, when they are hashed, and its offset, the lower half. In order, or as
     * many as a power of two, open-addressed. 0 is free: no name starts a line.
     */
    private long[] slots = new long[IN_ORDER_MAX];

    private int size;

    /**
     * Whether the name is new.
     *
     * @param line the same at each call, up to what it held at the last one
     * @param start behind the opening quote
     * @param end of the name: at its closing quote
     */
    boolean add(byte[] line, int start, int end) {
        if (size == sizeMax()) {
            grow(line);
        }
        return isHashed() ? addHashed(line, start, end) : addInOrder(line, start, end);
    }

    /** Forgets all names. */
    void clear() {
        if (slots.length > KEPT_SLOTS_MAX) {
            slots = new long[IN_ORDER_MAX];
        } else {
            Arrays.fill(slots, 0);
        }
        size = 0;
    }

    private boolean isHashed() {
        return slots.length > IN_ORDER_MAX;
    }

    private int sizeMax() {
        return isHashed() ? slots.length / 4 * 3 : IN_ORDER_MAX;
    }

    private boolean addInOrder(byte[] line, int start, int end) {
        for (int i = 0; i < size; i++) {
            if (same(line, (int) slots[i], start, end)) {
                return false;
            }
        }
        slots[size++] = start;
        return true;
    }

    private boolean addHashed(byte[] line, int start, int end) {
        long name = hashed(line, start, end);
        int slot = firstSlot(name);
        while (slots[slot] != 0) {
            boolean sameHash = (slots[slot] ^ name) >>> Integer.SIZE == 0;
            if (sameHash && same(line, (int) slots[slot], start, end)) {
                return false;
            }
            slot = nextSlot(slot);
        }
        slots[slot] = name;
        size++;
        return true;
    }

    private void grow(byte[] line) {
        boolean wereHashed = isHashed();
        long[] names = slots;
        slots = new long[2 * names.length];
        for (long name : names) {
            if (name != 0) {
                int start = (int) name;
                addNew(wereHashed ? name : hashed(line, start, endOfName(line, start)));
            }
        }
    }

    private void addNew(long name) {
        int slot = firstSlot(name);
        while (slots[slot] != 0) {
            slot = nextSlot(slot);
        }
        slots[slot] = name;
    }

    private int firstSlot(long name) {
        return (int) (name >>> Integer.SIZE) & slots.length - 1;
    }

    private int nextSlot(int slot) {
        return slot + 1 & slots.length - 1;
    }

    private static long hashed(byte[] line, int start, int end) {
        return (long) NameHash.of(line, start, end) << Integer.SIZE | start;
    }

    /** Most names differ at once, so this is no call of {@code Arrays.equals}. */
    private static boolean same(byte[] line, int other, int start, int end) {
        int shift = other - start;
        int at = start;
        while (at <= end && line[at] == line[at + shift]) {
            at++;
        }
        return at > end;
    }

    private static int endOfName(byte[] line, int start) {
        int at = start;
        while (line[at] != '"') {
            at += line[at] == '\\' ? 2 : 1;
        }
        return at;
    }
}
