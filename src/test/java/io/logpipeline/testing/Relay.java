package io.logpipeline.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between clients and a server, connection by connection. What passes, and when a connection
 * is cut, is for the subclass to say.
 */
public abstract class Relay implements AutoCloseable {
    protected static final int BUFFER_BYTES = 64 * 1024;

    /** Carries one connection's bytes; each direction in a thread of its own. */
    protected interface Passage {
        /** Until the client has no more to say, or the connection is to be cut. */
        default void forward(InputStream client, OutputStream server) throws IOException {
            client.transferTo(server);
        }

        /** Until the server has no more to say, or the connection is to be cut. */
        default void answer(InputStream server, OutputStream client) throws IOException {
            server.transferTo(client);
        }
    }

    /** One direction of a passage. */
    private interface Direction {
        void carry(InputStream from, OutputStream to) throws IOException;
    }

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int targetPort;
    private volatile boolean refuses;

    /**
     * @param targetPort of the server, on this machine
     */
    protected Relay(int targetPort) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), targetPort);
    }

    /**
     * @param listener where clients come in
     */
    protected Relay(ServerSocket listener, int targetPort) {
        this.listener = listener;
        this.targetPort = targetPort;
        // Nobody knows the port before the subclass is whole.
        Thread.ofVirtual().start(this::accept);
    }

    /** What carries the next connection. */
    protected abstract Passage passage();

    /** Where clients come in. */
    public final int port() {
        return listener.getLocalPort();
    }

    /** The same, for a client of Redis. */
    public final String url() {
        return "redis://127.0.0.1:" + port();
    }

    /** Ends every connection, and each new one at once, until {@link #admit}. */
    public final synchronized void refuse() {
        refuses = true;
        sockets.forEach(Relay::close);
    }

    /** Takes connections again. */
    public final void admit() {
        refuses = false;
    }

    /** Ends every connection; new ones are taken, and lead to another server. */
    public final synchronized void moveTo(int port) {
        refuse();
        targetPort = port;
        admit();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                // A client that is slow to greet holds up no other one.
                Thread.ofVirtual().start(() -> begin(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void begin(Socket client) {
        try {
            greet(client);
            connect(client);
        } catch (IOException away) {
            close(client);
        }
    }

    /** What goes before the first byte that passes. */
    protected void greet(Socket client) throws IOException {}

    private synchronized void connect(Socket client) throws IOException {
        if (refuses || listener.isClosed()) {
            close(client);
            return;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        Passage passage = passage();
        Thread.ofVirtual().start(() -> carry(client, server, passage::forward));
        Thread.ofVirtual().start(() -> carry(server, client, passage::answer));
    }

    private void carry(Socket from, Socket to, Direction direction) {
        try {
            direction.carry(from.getInputStream(), to.getOutputStream());
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
    public final void close() throws IOException {
        listener.close();
        refuse();
    }
}
