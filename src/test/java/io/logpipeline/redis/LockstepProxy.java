package io.logpipeline.redis;

import io.logpipeline.testing.Relay;
import io.logpipeline.testing.RespFrame;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and its Redis and hands on one command at a time, with its reply, so that
 * a cut falls exactly between two steps whatever the client sends in one go.
 */
final class LockstepProxy extends Relay {
    /** Where the connection ends. */
    enum Cut {
        /** Redis never sees the command. */
        BEFORE_COMMAND,
        /** Redis has executed it; the client never sees the reply. */
        BEFORE_REPLY,
        /** The client has seen the reply. */
        AFTER_REPLY
    }

    private record Plan(Cut cut, int script) {}

    private static final Plan NONE = new Plan(Cut.BEFORE_COMMAND, -1);

    private final AtomicInteger scripts = new AtomicInteger();
    private volatile Plan plan = NONE;

    LockstepProxy(int targetPort) throws IOException {
        super(targetPort);
    }

    /**
     * Ends the connection at a script call, once.
     *
     * @param script counted from now on, from 0
     */
    void cutAt(Cut cut, int script) {
        scripts.set(0);
        plan = new Plan(cut, script);
    }

    /** Script calls that Redis was given since the last {@link #cutAt}. */
    int scripts() {
        return scripts.get();
    }

    @Override
    protected Passage passage() {
        return new Step();
    }

    private final class Step implements Passage {
        private final Semaphore answered = new Semaphore(1);

        /** What applies to the command on its way. */
        private volatile Plan here = NONE;

        @Override
        public void forward(InputStream client, OutputStream server) throws IOException {
            InputStream commands = new BufferedInputStream(client);
            while (true) {
                RespFrame command = RespFrame.read(commands);
                awaitAnswer();
                boolean script = command.text().contains("EVAL");
                boolean cut = script && plan.script() == scripts.get();
                here = cut ? plan : NONE;
                if (cut) {
                    plan = NONE;
                    if (here.cut() == Cut.BEFORE_COMMAND) {
                        return;
                    }
                }
                if (script) {
                    scripts.incrementAndGet();
                }
                server.write(command.bytes());
            }
        }

        @Override
        public void answer(InputStream server, OutputStream client) throws IOException {
            InputStream replies = new BufferedInputStream(server);
            while (true) {
                RespFrame reply = RespFrame.read(replies);
                Plan now = here;
                if (now.script() >= 0 && now.cut() == Cut.BEFORE_REPLY) {
                    return;
                }
                client.write(reply.bytes());
                if (now.script() >= 0) {
                    return;
                }
                answered.release();
            }
        }

        private void awaitAnswer() throws IOException {
            try {
                answered.acquire();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
    }
}
