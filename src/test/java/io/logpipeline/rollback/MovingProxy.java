package io.logpipeline.rollback;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** An address that leads to one server now and to another one later, to none, or slowly. */
final class MovingProxy implements AutoCloseable {
    private static final int NOWHERE = -1;

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile int bytesAtOnce = 64 * 1024;
    private volatile Duration pause = Duration.ZERO;

    MovingProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return "redis://127.0.0.1:" + port();
    }

    /** Ends all connections; new ones lead to another server. */
    synchronized void moveTo(int port) {
        target = port;
        sockets.forEach(MovingProxy::close);
    }

    /** Ends all connections and takes no new ones. */
    void shut() {
        moveTo(NOWHERE);
    }

    /** From here on bytes pass a few at a time, both ways, with a pause after each few. */
    void trickle(int few, Duration pauseAfterEach) {
        bytesAtOnce = few;
        pause = pauseAfterEach;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException ended) {
                // Closed, or the server is away and the client will come again.
            }
        }
    }

    private synchronized void connect(Socket client) throws IOException {
        if (target == NOWHERE) {
            client.close();
            return;
        }
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException away) {
            client.close();
            throw away;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        Thread.ofVirtual().start(() -> relay(client, server));
        Thread.ofVirtual().start(() -> relay(server, client));
    }

    private void relay(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer, 0, bytesAtOnce);
                    count >= 0;
                    count = in.read(buffer, 0, bytesAtOnce)) {
                LockSupport.parkNanos(pause.toNanos());
                out.write(buffer, 0, count);
            }
        } catch (IOException ended) {
            // One side left.
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closedAlready) {
            // Closed is what it should be.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(MovingProxy::close);
    }
}
