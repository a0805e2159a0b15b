package io.logpipeline.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and its Redis, and cuts the connection once, at the command that holds a
 * given text: before that command is forwarded, or when Redis has answered it.
 */
final class CuttingProxy implements AutoCloseable {
    private enum Cut {
        BEFORE_COMMAND,
        BEFORE_REPLY
    }

    private record Plan(Cut cut, String text) {}

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile Plan plan;
    private volatile boolean refuses;

    CuttingProxy(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    /** The command is not forwarded. */
    void cutBefore(String text) {
        plan = new Plan(Cut.BEFORE_COMMAND, text);
    }

    /** The command is forwarded and executed; its reply is lost. */
    void cutBeforeReplyTo(String text) {
        plan = new Plan(Cut.BEFORE_REPLY, text);
    }

    /** Cuts every connection, and every new one, until {@link #admit}. */
    void refuse() {
        refuses = true;
        sockets.forEach(CuttingProxy::close);
    }

    /** The connections of now stay open and carry nothing any more. */
    void swallow() {
        relays.forEach(relay -> relay.deaf = true);
    }

    void admit() {
        refuses = false;
    }

    int cuts() {
        return cuts.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (refuses) {
                    client.close();
                    continue;
                }
                Relay relay = new Relay(client, new Socket("127.0.0.1", targetPort));
                relays.add(relay);
                Thread.ofVirtual().start(relay::forward);
                Thread.ofVirtual().start(relay::answer);
            } catch (IOException ended) {
                // The listener was closed, or Redis is away and the client will come again.
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closedAlready) {
            // Closed is what it should be.
        }
    }

    /** One client's connection. */
    private final class Relay {
        private final Socket client;
        private final Socket server;
        private volatile boolean swallowReply;
        private volatile boolean deaf;

        Relay(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            sockets.add(client);
            sockets.add(server);
        }

        void forward() {
            // Grows across reads, so that a text in two segments is found too.
            StringBuilder seen = new StringBuilder();
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    seen.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                    Plan now = plan;
                    if (now != null && seen.indexOf(now.text()) >= 0) {
                        plan = null;
                        cuts.incrementAndGet();
                        if (now.cut() == Cut.BEFORE_COMMAND) {
                            return;
                        }
                        swallowReply = true;
                    }
                    if (!deaf) {
                        out.write(buffer, 0, count);
                    }
                }
            } catch (IOException ended) {
                // One side left.
            } finally {
                end();
            }
        }

        void answer() {
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (swallowReply) {
                        return;
                    }
                    if (deaf) {
                        continue;
                    }
                    out.write(buffer, 0, count);
                }
            } catch (IOException ended) {
                // One side left.
            } finally {
                end();
            }
        }

        private void end() {
            CuttingProxy.close(client);
            CuttingProxy.close(server);
            relays.remove(this);
            sockets.remove(client);
            sockets.remove(server);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(CuttingProxy::close);
    }
}
