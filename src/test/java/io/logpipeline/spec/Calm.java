package io.logpipeline.spec;

import io.logpipeline.spec.Worker.Phase;
import java.util.BitSet;

/** Lets the faults end in every state, and sees whether the drainers come to rest. */
final class Calm {
    private final Protocol protocol;
    private final StateSet found;
    private final World now = new World();
    private final World next = new World();
    private final long[] state = new long[World.LONGS];
    private int reached;

    Calm(Protocol protocol, StateSet found) {
        this.protocol = protocol;
        this.found = found;
    }

    /** The index of a state from which they never rest, or -1. */
    int restless() {
        BitSet rests = new BitSet(found.size());
        int[] way = new int[1024];
        for (int start = 0; start < found.size(); start++) {
            int steps = 0;
            for (int index = start; index >= 0 && !rests.get(index); index = calmNext(index)) {
                if (steps == way.length) {
                    return start;
                }
                way[steps++] = index;
            }
            for (int i = 0; i < steps; i++) {
                rests.set(way[i]);
            }
        }
        return -1;
    }

    /** The next state when nothing more goes wrong; -1 at rest. */
    private int calmNext(int index) {
        found.get(index, state);
        now.unpack(state);
        reached = -1;
        for (int who = 0; who < now.workers.length; who++) {
            if (reached < 0 && now.workers[who].phase.holdsLock()) {
                protocol.step(now, next, who, this::reach);
            }
        }
        for (int who = 0; who < now.workers.length; who++) {
            if (reached < 0 && now.workers[who].phase != Phase.IDLE) {
                protocol.step(now, next, who, this::reach);
            }
        }
        for (int who = 0; who < now.workers.length; who++) {
            if (reached < 0 && now.workers[who].master > 0) {
                next.copy(now);
                next.workers[who].master = 0;
                reach(next, who, "connects");
            }
        }
        if (reached < 0 && !Promise.isQuiet(now)) {
            protocol.step(now, next, 0, this::reach);
        }
        return reached;
    }

    private void reach(World to, int who, String step) {
        if (reached < 0) {
            to.tidy();
            to.pack(state);
            reached = found.indexOf(state);
            if (reached < 0) {
                throw new IllegalStateException("never visited: " + to + " after " + step);
            }
        }
    }
}
