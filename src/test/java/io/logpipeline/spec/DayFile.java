package io.logpipeline.spec;

import java.util.function.Consumer;

/** The file as the page cache shows it, and as the disk holds it. */
final class DayFile {
    long cache;
    int cacheLength;
    long disk;
    int diskLength;

    /** Cells that a failed force marked clean though the disk does not hold them. */
    int lying;

    boolean exists;

    /** Its directory was forced. */
    boolean entryForced;

    /** Older than a ledger lives, or than the store. */
    boolean old;

    void copy(DayFile other) {
        cache = other.cache;
        cacheLength = other.cacheLength;
        disk = other.disk;
        diskLength = other.diskLength;
        lying = other.lying;
        exists = other.exists;
        entryForced = other.entryForced;
        old = other.old;
    }

    /** A write at or behind the end; what lies between reads as NULs. */
    void write(int at, int cell) {
        cache = Cells.with(cache, at, cell);
        cacheLength = Math.max(cacheLength, at + 1);
        lying &= ~(1 << at);
        old = false;
    }

    void rewrite(int from, int to) {
        lying &= ~((1 << to) - (1 << from));
        old = false;
    }

    void truncate(int length) {
        cache = Cells.cut(cache, length);
        cacheLength = length;
        lying &= (1 << length) - 1;
        old = false;
    }

    /** Also what the system does of its own accord. */
    void force() {
        long forced = Cells.cut(disk, cacheLength);
        for (int i = 0; i < cacheLength; i++) {
            if ((lying >> i & 1) == 0) {
                forced = Cells.with(forced, i, Cells.at(cache, i));
            }
        }
        disk = forced;
        diskLength = cacheLength;
    }

    void failForce() {
        for (int i = 0; i < cacheLength; i++) {
            if (Cells.at(cache, i) != Cells.at(disk, i)) {
                lying |= 1 << i;
            }
        }
    }

    boolean isForced() {
        return cache == disk && cacheLength == diskLength;
    }

    /** All that a power loss can leave: each length, and of each cell what is new or what was. */
    void afterPowerLoss(DayFile scratch, Consumer<DayFile> outcomes) {
        int shortest = Math.min(cacheLength, diskLength);
        int longest = Math.max(cacheLength, diskLength);
        for (int length = shortest; length <= longest; length++) {
            int differing = 0;
            for (int i = 0; i < length; i++) {
                differing |= Cells.at(cache, i) != Cells.at(disk, i) ? 1 << i : 0;
            }
            // Each subset of the cells that differ keeps what was.
            int kept = differing;
            while (true) {
                scratch.copy(this);
                scratch.cache = Cells.cut(mixed(kept), length);
                scratch.cacheLength = length;
                scratch.settle();
                outcomes.accept(scratch);
                if (kept == 0) {
                    break;
                }
                kept = (kept - 1) & differing;
            }
        }
        if (exists && !entryForced) {
            scratch.copy(this);
            scratch.vanish();
            outcomes.accept(scratch);
        }
    }

    private long mixed(int kept) {
        long mixed = cache;
        for (int i = 0; i < Cells.CELLS_MAX; i++) {
            if ((kept >> i & 1) == 1) {
                mixed = Cells.with(mixed, i, Cells.at(disk, i));
            }
        }
        return mixed;
    }

    private void vanish() {
        cache = 0;
        cacheLength = 0;
        exists = false;
        settle();
    }

    /** The disk holds what the cache shows. */
    void settle() {
        disk = cache;
        diskLength = cacheLength;
        lying = 0;
        entryForced = exists;
    }
}
