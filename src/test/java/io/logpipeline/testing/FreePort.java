package io.logpipeline.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that a test starts. A port is kept for whoever asked, from all test processes
 * of the machine: a socket is bound to it that does not listen. As that was bound, address reuse
 * was off, so it got no port that any other socket has; since then it is on, so a server that has
 * it on, as servers do, can listen beside it.
 */
public final class FreePort {
    /** Below those of outgoing connections: a client might meet itself there. */
    private static final int PORT_MIN = 16_000;

    private static final int PORT_MAX = 32_000;
    private static final int TRIES_MAX = 100;

    /** Long before its socket is closed, the server of a port has begun to listen. */
    private static final int KEPT_MAX = 256;

    private static final Queue<Socket> KEPT = new ArrayDeque<>();

    private FreePort() {}

    /** One that nobody listens on, and that nobody else is given. */
    public static int next() throws IOException {
        for (int tries = 0; ; tries++) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            Socket socket = new Socket();
            try {
                socket.setReuseAddress(false);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.setReuseAddress(true);
                keep(socket);
                return port;
            } catch (BindException taken) {
                socket.close();
                if (tries == TRIES_MAX) {
                    throw taken;
                }
            }
        }
    }

    private static synchronized void keep(Socket socket) throws IOException {
        KEPT.add(socket);
        if (KEPT.size() > KEPT_MAX) {
            KEPT.remove().close();
        }
    }
}
