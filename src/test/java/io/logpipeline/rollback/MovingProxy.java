package io.logpipeline.rollback;

import io.logpipeline.testing.Relay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** An address that leads to one server now and to another one later, to none, or slowly. */
final class MovingProxy extends Relay {
    private volatile int bytesAtOnce = BUFFER_BYTES;
    private volatile Duration pause = Duration.ZERO;

    MovingProxy(int targetPort) throws IOException {
        super(targetPort);
    }

    /** From here on bytes pass a few at a time, both ways, with a pause after each few. */
    void trickle(int few, Duration pauseAfterEach) {
        bytesAtOnce = few;
        pause = pauseAfterEach;
    }

    @Override
    protected Passage passage() {
        return new Passage() {
            @Override
            public void forward(InputStream client, OutputStream server) throws IOException {
                copy(client, server);
            }

            @Override
            public void answer(InputStream server, OutputStream client) throws IOException {
                copy(server, client);
            }
        };
    }

    private void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = from.read(buffer, 0, bytesAtOnce);
                count >= 0;
                count = from.read(buffer, 0, bytesAtOnce)) {
            LockSupport.parkNanos(pause.toNanos());
            to.write(buffer, 0, count);
        }
    }
}
