package io.logpipeline.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and its Redis and hands on one command at a time, with its reply, so that
 * a cut falls exactly between two steps whatever the client sends in one go.
 */
final class LockstepProxy implements AutoCloseable {
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

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger scripts = new AtomicInteger();
    private volatile Plan plan = new Plan(Cut.BEFORE_COMMAND, -1);

    LockstepProxy(int targetPort) throws IOException {
        this.targetPort = targetPort;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    String url() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
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

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        sockets.add(client);
        try (client;
                Socket server = new Socket("127.0.0.1", targetPort)) {
            sockets.add(server);
            InputStream commands = new BufferedInputStream(client.getInputStream());
            InputStream replies = new BufferedInputStream(server.getInputStream());
            while (step(client, server, commands, replies)) {
                // One command and its reply.
            }
        } catch (IOException ended) {
            // One side left.
        }
    }

    private boolean step(Socket client, Socket server, InputStream commands, InputStream replies)
            throws IOException {
        byte[] command = frame(commands);
        boolean script = new String(command, StandardCharsets.ISO_8859_1).contains("EVAL");
        Plan now = plan;
        boolean cutHere = script && now.script() == scripts.get();
        if (cutHere && now.cut() == Cut.BEFORE_COMMAND) {
            plan = new Plan(now.cut(), -1);
            return false;
        }
        if (script) {
            scripts.incrementAndGet();
        }
        server.getOutputStream().write(command);
        byte[] reply = frame(replies);
        if (cutHere && now.cut() == Cut.BEFORE_REPLY) {
            plan = new Plan(now.cut(), -1);
            return false;
        }
        client.getOutputStream().write(reply);
        if (cutHere) {
            plan = new Plan(now.cut(), -1);
        }
        return !cutHere;
    }

    /** One value of RESP 2, as it came. */
    private static byte[] frame(InputStream in) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        copyFrame(in, frame);
        return frame.toByteArray();
    }

    private static void copyFrame(InputStream in, ByteArrayOutputStream frame) throws IOException {
        StringBuilder line = new StringBuilder();
        do {
            int b = in.read();
            if (b < 0) {
                throw new EOFException();
            }
            frame.write(b);
            line.append((char) b);
        } while (!line.toString().endsWith("\r\n"));
        if (line.charAt(0) == '$' || line.charAt(0) == '*') {
            int count = Integer.parseInt(line.substring(1, line.length() - 2));
            if (line.charAt(0) == '$' && count >= 0) {
                frame.write(in.readNBytes(count + 2));
            }
            for (int i = 0; line.charAt(0) == '*' && i < count; i++) {
                copyFrame(in, frame);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
