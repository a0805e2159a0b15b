package io.logpipeline.spec;

import java.util.Locale;

/**
 * One state of everything: masters, replicas, the file, the drainers, and what may still happen.
 */
final class World {
    /** The longs of a packed state. */
    static final int LONGS = 6;

    /** Masters: the one of now and the two before. */
    static final int MASTERS = 3;

    /** Where the replicas' states start among the stores. */
    static final int REPLICAS = MASTERS;

    /** The masters, then the states that lagging replicas stopped at, in the order of promotion. */
    final int[] stores = new int[MASTERS + 2];

    final DayFile file = new DayFile();
    final Worker[] workers = {new Worker(), new Worker()};
    final int[] faultsLeft = new int[Fault.ALL.length];
    int pushed;

    static World start(Bounds bounds) {
        World world = new World();
        world.stores[0] = Store.fresh(bounds.namedFromStart());
        for (Fault fault : Fault.ALL) {
            world.faultsLeft[fault.ordinal()] = bounds.count(fault);
        }
        return world;
    }

    boolean allows(Fault fault) {
        return faultsLeft[fault.ordinal()] > 0;
    }

    void spend(Fault fault) {
        faultsLeft[fault.ordinal()]--;
    }

    /** An id that nothing refers to any more is as good as a new one. */
    int newBatchId() {
        int used = 1;
        for (int store : stores) {
            used |= 1 << Store.batchId(store);
        }
        for (Worker worker : workers) {
            used |= 1 << worker.batchId;
        }
        return Integer.numberOfTrailingZeros(~used);
    }

    boolean isReached(int master) {
        return master == 0
                || stores[master] != Store.ABSENT
                        && (workers[0].master == master || workers[1].master == master);
    }

    void copy(World other) {
        System.arraycopy(other.stores, 0, stores, 0, stores.length);
        System.arraycopy(other.faultsLeft, 0, faultsLeft, 0, faultsLeft.length);
        file.copy(other.file);
        for (int i = 0; i < workers.length; i++) {
            workers[i].unpack(other.workers[i].pack());
        }
        pushed = other.pushed;
    }

    /** Forgets what no step depends on. */
    void tidy() {
        for (int master = 1; master < MASTERS; master++) {
            stores[master] =
                    isReached(master) ? Store.withAcknowledged(stores[master], 0) : Store.ABSENT;
        }
        if (!allows(Fault.POWER_LOSS)) {
            file.settle();
        }
        for (int i = 0; i < file.cacheLength; i++) {
            if (Cells.at(file.cache, i) == Cells.at(file.disk, i)) {
                file.lying &= ~(1 << i);
            }
        }
        if (!allows(Fault.QUIET_HOUR) && Store.isNamed(stores[0]) && !laterNamed()) {
            // Nothing makes a file old any more, but a file that is old still counts as such.
            file.old &= positionIsMissing();
        }
    }

    private boolean laterNamed() {
        for (int i = 1; i < stores.length; i++) {
            if (stores[i] != Store.ABSENT && !Store.isNamed(stores[i])) {
                return true;
            }
        }
        return false;
    }

    private boolean positionIsMissing() {
        for (int store : stores) {
            if (store != Store.ABSENT && Store.position(store) == Store.NO_POSITION) {
                return true;
            }
        }
        return false;
    }

    /** Packs the one that stands for all states that differ by names only. */
    void pack(long[] packed) {
        long first = workers[0].pack();
        long second = workers[1].pack();
        long names = 7L << 6;
        boolean swapped = Long.compareUnsigned(first & ~names, second & ~names) > 0;
        // Old names to new ones, in the order of appearance; 0 stays 0.
        int renamed = 0;
        int next = 1;
        int[] ids = new int[stores.length + 2];
        for (int i = 0; i < ids.length; i++) {
            int id =
                    i < stores.length
                            ? Store.batchId(stores[i])
                            : workers[(i == stores.length) == swapped ? 1 : 0].batchId;
            if (id != 0 && (renamed >> 4 * id & 15) == 0) {
                renamed |= next++ << 4 * id;
            }
            ids[i] = renamed >> 4 * id & 15;
        }
        long least = (swapped ? second : first) & ~names | (long) ids[stores.length] << 6;
        long greatest = (swapped ? first : second) & ~names | (long) ids[stores.length + 1] << 6;
        long faults = 0;
        for (int i = 0; i < faultsLeft.length; i++) {
            faults |= (long) faultsLeft[i] << 2 * i;
        }
        packed[0] = file.cache;
        packed[1] = file.disk;
        packed[2] = least | (long) file.lying << Worker.BITS;
        packed[3] = greatest | faults << Worker.BITS;
        packed[4] = store(0, ids) | store(1, ids) << Store.BITS | store(2, ids) << 2 * Store.BITS;
        packed[5] =
                store(3, ids)
                        | store(4, ids) << Store.BITS
                        | (long) file.cacheLength << 42
                        | (long) file.diskLength << 47
                        | (file.exists ? 1L << 52 : 0)
                        | (file.entryForced ? 1L << 53 : 0)
                        | (file.old ? 1L << 54 : 0)
                        | (long) pushed << 55;
    }

    private long store(int index, int[] ids) {
        return Store.withBatchId(stores[index], ids[index]);
    }

    void unpack(long[] packed) {
        file.cache = packed[0];
        file.disk = packed[1];
        workers[0].unpack(packed[2]);
        workers[1].unpack(packed[3]);
        file.lying = (int) (packed[2] >>> Worker.BITS) & 0xFFFF;
        long faults = packed[3] >>> Worker.BITS;
        for (int i = 0; i < faultsLeft.length; i++) {
            faultsLeft[i] = (int) (faults >>> 2 * i) & 3;
        }
        int mask = (1 << Store.BITS) - 1;
        for (int i = 0; i < stores.length; i++) {
            stores[i] = (int) (packed[4 + i / 3] >>> Store.BITS * (i % 3)) & mask;
        }
        file.cacheLength = (int) (packed[5] >>> 42) & 31;
        file.diskLength = (int) (packed[5] >>> 47) & 31;
        file.exists = (packed[5] >>> 52 & 1) == 1;
        file.entryForced = (packed[5] >>> 53 & 1) == 1;
        file.old = (packed[5] >>> 54 & 1) == 1;
        pushed = (int) (packed[5] >>> 55) & 7;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < stores.length; i++) {
            if (stores[i] != Store.ABSENT) {
                text.append(i == 0 ? "master" : i < MASTERS ? " old" + i : " replica" + (i - 2));
                text.append(store(stores[i]));
            }
        }
        text.append(" file").append(Cells.text(file.cache, file.cacheLength));
        if (!file.isForced()) {
            text.append(" disk").append(Cells.text(file.disk, file.diskLength));
        }
        text.append(file.old ? " old" : "");
        return text.toString();
    }

    private static String store(int store) {
        return "{list="
                + events(Store.list(store))
                + " batch="
                + events(Store.batch(store))
                + (Store.batchId(store) == 0 ? "" : " id=" + Store.batchId(store))
                + (Store.position(store) == Store.NO_POSITION
                        ? ""
                        : " position=" + Store.position(store))
                + "}";
    }

    static String events(int mask) {
        StringBuilder text = new StringBuilder();
        for (int event = 0; event < 4; event++) {
            if ((mask >> event & 1) == 1) {
                text.append(String.format(Locale.ROOT, text.isEmpty() ? "e%d" : ",e%d", event + 1));
            }
        }
        return text.isEmpty() ? "-" : text.toString();
    }
}
