package io.logpipeline.spec;

import io.logpipeline.spec.Worker.Phase;

/** What happens to a drainer, to Redis and to the disk: pushes, lost replies, and every fault. */
final class Mishaps {
    private final Bounds bounds;
    private final DayFile scratch = new DayFile();

    Mishaps(Bounds bounds) {
        this.bounds = bounds;
    }

    void all(World now, World next, Moves moves) {
        push(now, next, moves);
        for (int who = 0; who < now.workers.length; who++) {
            leaveOff(now, next, who, moves);
            crash(now, next, who, moves);
            failForce(now, next, who, moves);
            failWrite(now, next, who, moves);
        }
        losePower(now, next, moves);
        failOver(now, next, moves);
        letAnHourPass(now, next, moves);
        expire(now, next, moves);
    }

    private void push(World now, World next, Moves moves) {
        if (now.pushed == bounds.events()) {
            return;
        }
        for (int master = 0; master < World.MASTERS; master++) {
            if (now.isReached(master)) {
                next.copy(now);
                next.stores[master] = Store.push(next.stores[master], next.pushed);
                next.pushed++;
                moves.to(next, -1, master == 0 ? "a push" : "a push to an old master");
            }
        }
    }

    /** No answer from Redis, or the file's lock was not to be had; or another connection. */
    private static void leaveOff(World now, World next, int who, Moves moves) {
        Worker worker = now.workers[who];
        boolean outside = !worker.phase.holdsLock();
        if (outside && worker.phase != Phase.IDLE) {
            next.copy(now);
            next.workers[who].forget();
            moves.to(next, who, "leaves off, to try again");
        }
        boolean between = worker.phase == Phase.APPENDED || worker.phase == Phase.AHEAD;
        if (worker.master > 0 && (worker.phase == Phase.IDLE || between)) {
            next.copy(now);
            next.workers[who].master = 0;
            moves.to(next, who, "connects to the master of now");
        }
    }

    private static void crash(World now, World next, int who, Moves moves) {
        if (now.allows(Fault.PROCESS_CRASH) && now.workers[who].phase != Phase.IDLE) {
            next.copy(now);
            next.spend(Fault.PROCESS_CRASH);
            die(next.workers[who]);
            moves.to(next, who, "dies and restarts");
        }
    }

    private static void die(Worker worker) {
        worker.forget();
        worker.master = 0;
    }

    private void failForce(World now, World next, int who, Moves moves) {
        Phase phase = now.workers[who].phase;
        boolean forces =
                phase == Phase.CUT || phase == Phase.WRITTEN || phase == Phase.COMMITTED_TOO_EARLY;
        if (now.allows(Fault.FAILED_FORCE) && forces) {
            next.copy(now);
            next.spend(Fault.FAILED_FORCE);
            next.file.failForce();
            if (bounds.has(Mutant.NO_FAIL_STOP)) {
                // Tries again at once, and the second force says that all is well.
                moves.to(next, who, "fails to force, and tries again");
            } else {
                die(next.workers[who]);
                moves.to(next, who, "fails to force, and dies");
            }
        }
    }

    private void failWrite(World now, World next, int who, Moves moves) {
        Phase phase = now.workers[who].phase;
        if (!now.allows(Fault.FAILED_WRITE) || phase != Phase.VERIFIED && phase != Phase.WRITING) {
            return;
        }
        // The system may have written back what is cut now, or not.
        for (int writtenBack = 0; writtenBack < 2; writtenBack++) {
            next.copy(now);
            next.spend(Fault.FAILED_WRITE);
            if (writtenBack == 1) {
                next.file.force();
            }
            if (next.file.cacheLength > next.workers[who].tailEnd) {
                next.file.truncate(next.workers[who].tailEnd);
            }
            if (bounds.has(Mutant.FORCE_AFTER_CUT_BACK)) {
                next.file.force();
            }
            next.workers[who].forget();
            moves.to(next, who, "fails to write, and cuts back");
        }
        next.copy(now);
        next.spend(Fault.FAILED_WRITE);
        next.workers[who].forget();
        moves.to(next, who, "fails to write, and fails to cut back");
    }

    private void losePower(World now, World next, Moves moves) {
        if (!now.allows(Fault.POWER_LOSS)) {
            return;
        }
        now.file.afterPowerLoss(
                scratch,
                left -> {
                    next.copy(now);
                    next.spend(Fault.POWER_LOSS);
                    next.file.copy(left);
                    for (Worker worker : next.workers) {
                        die(worker);
                    }
                    moves.to(next, -1, "the machine loses power");
                });
    }

    private static void failOver(World now, World next, Moves moves) {
        for (int i = 0; i < now.faultsLeft[Fault.FAILOVER.ordinal()]; i++) {
            int replica = World.REPLICAS + i;
            if (now.stores[replica] == Store.ABSENT) {
                next.copy(now);
                next.stores[replica] = now.stores[0];
                moves.to(next, -1, "a replica lags from here on");
            }
        }
        if (now.allows(Fault.FAILOVER) && now.stores[World.REPLICAS] != Store.ABSENT) {
            next.copy(now);
            next.spend(Fault.FAILOVER);
            next.stores[2] = now.stores[1];
            next.stores[1] = now.stores[0];
            next.stores[0] = now.stores[World.REPLICAS];
            next.stores[World.REPLICAS] = now.stores[World.REPLICAS + 1];
            next.stores[World.REPLICAS + 1] = Store.ABSENT;
            for (Worker worker : next.workers) {
                worker.master++;
            }
            moves.to(next, -1, "the lagging replica is promoted");
        }
    }

    private static void letAnHourPass(World now, World next, Moves moves) {
        if (now.allows(Fault.QUIET_HOUR)) {
            next.copy(now);
            next.spend(Fault.QUIET_HOUR);
            next.file.old = next.file.exists;
            for (int i = 0; i < next.stores.length; i++) {
                next.stores[i] = Store.withoutIdleLedger(next.stores[i]);
            }
            moves.to(next, -1, "an hour passes");
        }
    }

    private void expire(World now, World next, Moves moves) {
        if (bounds.has(Mutant.BATCH_WITHOUT_PERSIST) && Store.batch(now.stores[0]) != 0) {
            next.copy(now);
            next.stores[0] = Store.withBatch(next.stores[0], 0);
            moves.to(next, -1, "the batch expires");
        }
    }
}
