package io.logpipeline.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Speaks TLS with clients that show a certificate, and hands on what they say to a plain port. */
public final class TlsProxy implements AutoCloseable {
    private final SSLServerSocket listener;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private final AtomicInteger refused = new AtomicInteger();

    /**
     * @param context with the proxy's certificate, and the authority of its clients'
     */
    public TlsProxy(SSLContext context, int targetPort) throws IOException {
        this.targetPort = targetPort;
        listener =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        listener.setNeedClientAuth(true);
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** Handshakes that failed, on whichever side. */
    public int refused() {
        return refused.get();
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                SSLSocket client = (SSLSocket) listener.accept();
                sockets.add(client);
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket client) {
        try {
            client.startHandshake();
            Socket server = new Socket("127.0.0.1", targetPort);
            sockets.add(server);
            Thread.ofPlatform().daemon().start(() -> copy(server, client));
            copy(client, server);
        } catch (IOException failed) {
            refused.incrementAndGet();
            close(client);
        }
    }

    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int count = from.getInputStream().read(buffer);
                    count >= 0;
                    count = from.getInputStream().read(buffer)) {
                to.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException ended) {
            // One side left.
        } finally {
            close(from);
            close(to);
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
        sockets.forEach(TlsProxy::close);
    }
}
