package io.logpipeline.spec;

import io.logpipeline.spec.Worker.Phase;

/** The steps of a drainer: each is one effect on Redis or on the file, as the code makes them. */
final class Protocol {
    private final Bounds bounds;
    private final boolean locks;

    Protocol(Bounds bounds) {
        this.bounds = bounds;
        this.locks = !bounds.has(Mutant.NO_FILE_LOCK);
    }

    /** The next step of this drainer; nothing when it has none. */
    void step(World now, World next, int who, Moves moves) {
        next.copy(now);
        Worker worker = next.workers[who];
        switch (worker.phase) {
            case IDLE -> {
                if (!Store.isDrained(next.stores[worker.master])) {
                    look(next, worker);
                    moves.to(next, who, "looks at the file");
                }
            }
            case LOOKED -> {
                claim(next, worker);
                moves.to(next, who, "claims");
            }
            case CLAIMED -> enter(next, who, moves);
            case TORN -> cut(now, next, who, moves);
            case CUT -> {
                next.file.force();
                worker.phase = afterCut(worker);
                moves.to(next, who, "forces the cut");
            }
            case VERIFIED -> {
                if (!bounds.has(Mutant.NO_WRITE_BACK)) {
                    next.file.rewrite(
                            worker.position,
                            worker.missing == 0 ? worker.newPosition : worker.tailEnd);
                }
                worker.phase = toWrite(worker);
                moves.to(next, who, "writes back the tail");
            }
            case WRITING -> {
                writePiece(next.file, worker);
                moves.to(next, who, "writes a piece");
            }
            case WRITTEN -> {
                if (bounds.has(Mutant.COMMIT_BEFORE_FORCE)) {
                    boolean settled = commit(next, worker);
                    worker.phase = Phase.COMMITTED_TOO_EARLY;
                    moves.to(next, who, settled ? "commits too early" : "is told: stale");
                } else {
                    force(next, who, moves);
                }
            }
            case FORCED -> {
                next.file.entryForced = true;
                appended(worker);
                moves.to(next, who, "forces the directory");
            }
            case COMMITTED_TOO_EARLY -> {
                next.file.force();
                next.file.entryForced = true;
                worker.forget();
                moves.to(next, who, "forces the file");
            }
            case APPENDED -> {
                boolean settled = commit(next, worker);
                worker.forget();
                moves.to(next, who, settled ? "commits" : "is told: stale");
                readAhead(now, next, who, moves);
            }
            case AHEAD -> {
                boolean settled = commit(next, worker);
                if (settled) {
                    goOn(next, worker);
                } else {
                    worker.forget();
                }
                moves.to(next, who, settled ? "commits, and goes on" : "is told: stale");
            }
        }
    }

    private void look(World next, Worker worker) {
        if (!Store.isNamed(next.stores[worker.master])) {
            // The keeper names the store and renews the dot file: older files are not of this
            // store.
            next.stores[worker.master] = Store.named(next.stores[worker.master]);
            next.file.old = next.file.exists;
        }
        worker.phase = Phase.LOOKED;
        worker.at = next.file.cacheLength;
        worker.position =
                next.file.old && !bounds.has(Mutant.FIRST_POSITION_IS_ZERO) ? worker.at : 0;
    }

    private void claim(World next, Worker worker) {
        int firstPosition = worker.position;
        int seen = worker.at;
        worker.forget();
        if (Store.isDrained(next.stores[worker.master])) {
            return;
        }
        int store = Store.claim(next.stores[worker.master], next.newBatchId(), firstPosition);
        next.stores[worker.master] = store;
        worker.phase = Phase.CLAIMED;
        worker.batchId = Store.batchId(store);
        worker.position = Store.position(store);
        worker.chunk = Store.first(Store.batch(store), bounds.chunk());
        worker.forcesDirectory = worker.position == firstPosition;
        worker.at = seen;
    }

    private void enter(World next, int who, Moves moves) {
        Worker worker = next.workers[who];
        if (!next.file.exists) {
            next.file.exists = true;
            worker.forget();
            moves.to(next, who, "creates the file, to look again");
            return;
        }
        if (locks && next.workers[1 - who].phase.holdsLock()) {
            return;
        }
        boolean remembers = bounds.has(Mutant.WRITE_AT_REMEMBERED_SIZE);
        if (next.file.cacheLength != worker.at && !remembers) {
            worker.forget();
            moves.to(next, who, "is overtaken");
        } else if (next.file.cacheLength < worker.position) {
            // Settles no element, only where the ledger stands.
            worker.newPosition = next.file.cacheLength;
            worker.chunk = 0;
            appended(worker);
            moves.to(next, who, "finds the file shorter than the position");
        } else {
            int seen = worker.at;
            verify(next.file, worker);
            if (remembers) {
                worker.at = seen;
            }
            moves.to(next, who, "locks the file and reads its tail");
        }
    }

    /** The tail from the ledger's position on, and the elements that stand in it. */
    private void verify(DayFile file, Worker worker) {
        int from = worker.position;
        boolean insideLine = from > 0 && !Cells.endsLine(Cells.at(file.cache, from - 1));
        int end = from;
        for (int next = from; next >= 0; next = Cells.lineEnd(file.cache, end, file.cacheLength)) {
            end = next;
        }
        int found = 0;
        int lastMatchEnd = from;
        for (int event = 0; event < bounds.events(); event++) {
            int match =
                    (worker.chunk >> event & 1) == 0
                            ? -1
                            : Cells.matchEnd(file, from, insideLine, event);
            if (match >= 0) {
                found |= 1 << event;
                lastMatchEnd = Math.max(lastMatchEnd, match);
            }
        }
        if (bounds.has(Mutant.NO_TAIL_MATCH)) {
            found = 0;
        }
        worker.missing = worker.chunk & ~found;
        worker.tailEnd = bounds.has(Mutant.NO_TAIL_CUT) ? file.cacheLength : end;
        worker.breaksFirst = insideLine && worker.tailEnd == from && worker.missing != 0;
        int written = 2 * Integer.bitCount(worker.missing) + (worker.breaksFirst ? 1 : 0);
        worker.newPosition =
                worker.missing != 0 || bounds.has(Mutant.POSITION_IS_FILE_SIZE)
                        ? worker.tailEnd + written
                        : lastMatchEnd;
        worker.forcesDirectory |= from == 0 || worker.tailEnd > from;
        worker.forcesDirectory &= !bounds.has(Mutant.NO_DIRECTORY_FORCE);
        worker.at = worker.tailEnd;
        if (worker.tailEnd < file.cacheLength) {
            worker.phase = Phase.TORN;
        } else if (bounds.has(Mutant.FORCE_BEFORE_WRITE) && worker.missing != 0) {
            worker.phase = Phase.CUT;
        } else {
            worker.phase = afterCut(worker);
        }
    }

    private void cut(World now, World next, int who, Moves moves) {
        // The system may have written back what is cut now, or not.
        for (int writtenBack = 0;
                writtenBack < (now.allows(Fault.POWER_LOSS) ? 2 : 1);
                writtenBack++) {
            next.copy(now);
            Worker worker = next.workers[who];
            if (writtenBack == 1) {
                next.file.force();
            }
            next.file.truncate(worker.tailEnd);
            worker.phase = bounds.has(Mutant.NO_FORCE_AFTER_CUT) ? afterCut(worker) : Phase.CUT;
            moves.to(next, who, "cuts the torn tail");
        }
    }

    private static Phase afterCut(Worker worker) {
        return worker.tailEnd > worker.position ? Phase.VERIFIED : toWrite(worker);
    }

    /** Whether pieces are left to write; {@code at} may be off in a model without a safeguard. */
    private static Phase toWrite(Worker worker) {
        return worker.missing == 0 ? Phase.WRITTEN : Phase.WRITING;
    }

    private static void writePiece(DayFile file, Worker worker) {
        if (worker.breaksFirst) {
            file.write(worker.at++, Cells.BREAK);
            worker.breaksFirst = false;
        } else {
            int event = Integer.numberOfTrailingZeros(worker.missing);
            boolean begun = worker.begun;
            file.write(worker.at++, begun ? Cells.end(event) : Cells.begin(event));
            worker.begun = !begun;
            if (begun) {
                worker.missing &= worker.missing - 1;
            }
        }
        worker.phase = toWrite(worker);
    }

    private void force(World next, int who, Moves moves) {
        Worker worker = next.workers[who];
        next.file.force();
        if (worker.forcesDirectory && !next.file.entryForced) {
            worker.phase = Phase.FORCED;
        } else {
            appended(worker);
        }
        moves.to(next, who, "forces the file");
    }

    /** read.lua at whatever time before the commit, and the look at the file, which ends here. */
    private void readAhead(World now, World next, int who, Moves moves) {
        next.copy(now);
        Worker worker = next.workers[who];
        int store = next.stores[worker.master];
        int chunk = Integer.bitCount(worker.chunk);
        int batch = Store.batch(store);
        int ahead = Store.first(batch & ~Store.first(batch, chunk), bounds.chunk());
        boolean asClaimed =
                bounds.has(Mutant.READ_AHEAD_OF_ANY_BATCH)
                        || Store.batchId(store) == worker.batchId;
        if (chunk > 0 && ahead != 0 && asClaimed && next.file.cacheLength == worker.newPosition) {
            worker.missing = ahead;
            worker.at = next.file.cacheLength;
            worker.phase = Phase.AHEAD;
            moves.to(next, who, "reads ahead and looks at the file");
        }
    }

    /** The rest of commit.lua: the next chunk is claimed by a new id. */
    private static void goOn(World next, Worker worker) {
        worker.batchId = 0;
        int id = next.newBatchId();
        next.stores[worker.master] = Store.withBatchId(next.stores[worker.master], id);
        worker.batchId = id;
        worker.position = worker.newPosition;
        worker.newPosition = 0;
        worker.chunk = worker.missing;
        worker.missing = 0;
        worker.phase = Phase.CLAIMED;
    }

    /** The file's lock is given back before the commit. */
    private static void appended(Worker worker) {
        worker.forgetFile();
        worker.phase = Phase.APPENDED;
    }

    /** commit.lua: whether the ledger was still as it was claimed. */
    private boolean commit(World next, Worker worker) {
        int store = next.stores[worker.master];
        boolean sameBatch =
                bounds.has(Mutant.NO_BATCH_ID_IN_COMMIT) || Store.batchId(store) == worker.batchId;
        boolean samePosition =
                bounds.has(Mutant.NO_POSITION_IN_COMMIT)
                        || Store.position(store) == worker.position;
        if (!sameBatch || !samePosition) {
            return false;
        }
        int settled = Store.commit(store, Integer.bitCount(worker.chunk), worker.newPosition);
        boolean keepsId =
                bounds.has(Mutant.ONE_ID_FOR_THE_WHOLE_BATCH) && Store.batch(settled) != 0;
        next.stores[worker.master] =
                keepsId ? Store.withBatchId(settled, Store.batchId(store)) : settled;
        return true;
    }
}
