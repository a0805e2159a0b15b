package io.logpipeline.bench;

import java.io.IOException;

/** One force for all who wait (group commit), the least that a promise to each of them costs. */
final class GroupForce {
    /** What is forced. */
    @FunctionalInterface
    interface Effect {
        void force() throws IOException;
    }

    private final Effect effect;
    private long begun;
    private long ended;
    private boolean running;

    GroupForce(Effect effect) {
        this.effect = effect;
    }

    /** Returns when a force has ended that began after this call. */
    void await() throws IOException, InterruptedException {
        synchronized (this) {
            long enough = begun + 1;
            while (running && ended < enough) {
                wait();
            }
            if (ended >= enough) {
                return;
            }
            begun++;
            running = true;
        }
        boolean done = false;
        try {
            effect.force();
            done = true;
        } finally {
            over(done);
        }
    }

    private synchronized void over(boolean done) {
        ended = done ? begun : ended;
        running = false;
        notifyAll();
    }
}
