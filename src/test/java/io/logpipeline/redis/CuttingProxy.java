package io.logpipeline.redis;

import io.logpipeline.testing.Relay;
import io.logpipeline.testing.RespFrame;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and its Redis, and cuts the connection once, at the command that holds a
 * given text: before that command is forwarded, or when Redis has answered it.
 */
final class CuttingProxy extends Relay {
    private enum Cut {
        BEFORE_COMMAND,
        BEFORE_REPLY
    }

    private record Plan(Cut cut, String text) {}

    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile Plan plan;

    CuttingProxy(int targetPort) throws IOException {
        super(targetPort);
    }

    /** The command is not forwarded. */
    void cutBefore(String text) {
        plan = new Plan(Cut.BEFORE_COMMAND, text);
    }

    /** The command is forwarded and executed; its reply is lost. */
    void cutBeforeReplyTo(String text) {
        plan = new Plan(Cut.BEFORE_REPLY, text);
    }

    /** The connections of now stay open and carry nothing any more. */
    void swallow() {
        connections.forEach(connection -> connection.deaf = true);
    }

    int cuts() {
        return cuts.get();
    }

    @Override
    protected Passage passage() {
        Connection connection = new Connection();
        connections.add(connection);
        return connection;
    }

    private final class Connection implements Passage {
        private volatile boolean swallowReply;
        private volatile boolean deaf;

        @Override
        public void forward(InputStream client, OutputStream server) throws IOException {
            InputStream in = new BufferedInputStream(client);
            while (true) {
                RespFrame command = RespFrame.read(in);
                Plan now = plan;
                if (now != null && command.text().contains(now.text())) {
                    plan = null;
                    cuts.incrementAndGet();
                    if (now.cut() == Cut.BEFORE_COMMAND) {
                        return;
                    }
                    swallowReply = true;
                }
                if (!deaf) {
                    server.write(command.bytes());
                }
            }
        }

        @Override
        public void answer(InputStream server, OutputStream client) throws IOException {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = server.read(buffer); count >= 0; count = server.read(buffer)) {
                if (swallowReply) {
                    return;
                }
                if (!deaf) {
                    client.write(buffer, 0, count);
                }
            }
        }
    }
}
