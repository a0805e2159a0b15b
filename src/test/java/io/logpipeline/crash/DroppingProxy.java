package io.logpipeline.crash;

import io.logpipeline.faults.Moment;
import io.logpipeline.redis.Script;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Stands between one process and its Redis, and cuts the connection at one command: before Redis
 * gets it, or when Redis has run it, with its reply and all later ones lost. It reads the protocol
 * command by command, so commands and replies that come before pass whole.
 */
final class DroppingProxy implements AutoCloseable {
    /**
     * Where to cut.
     *
     * @param command which command, by its whole text on the wire
     * @param reply which of its replies count, when it is cut after
     */
    record Cut(Moment moment, Predicate<String> command, Predicate<String> reply, int occurrence) {}

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger seen = new AtomicInteger();
    private volatile Cut cut;
    private volatile boolean struck;
    private volatile boolean refuses;

    DroppingProxy(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    void arm(Cut next) {
        seen.set(0);
        struck = false;
        cut = next;
    }

    void disarm() {
        cut = null;
    }

    boolean struck() {
        return struck;
    }

    /** Cuts every connection, and every new one, until {@link #admit}. */
    void refuse() {
        refuses = true;
        sockets.forEach(DroppingProxy::close);
    }

    void admit() {
        refuses = false;
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

    /** One connection. Each command has one reply, in order. */
    private final class Relay {
        private final Socket client;
        private final Socket server;
        private final Queue<Boolean> awaited = new ConcurrentLinkedQueue<>();

        Relay(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            sockets.add(client);
            sockets.add(server);
        }

        void forward() {
            try {
                InputStream in = new BufferedInputStream(client.getInputStream());
                while (true) {
                    byte[] command = frame(in);
                    Cut now = cut;
                    boolean meant = now != null && now.command().test(text(command));
                    if (meant && now.moment() == Moment.BEFORE && strikes(now)) {
                        return;
                    }
                    awaited.add(meant && now.moment() == Moment.AFTER);
                    server.getOutputStream().write(command);
                }
            } catch (IOException ended) {
                // One side left.
            } finally {
                end();
            }
        }

        void answer() {
            try {
                InputStream in = new BufferedInputStream(server.getInputStream());
                while (true) {
                    byte[] reply = frame(in);
                    Cut now = cut;
                    if (awaited.remove()
                            && now != null
                            && now.reply().test(text(reply))
                            && strikes(now)) {
                        return;
                    }
                    client.getOutputStream().write(reply);
                }
            } catch (IOException ended) {
                // One side left.
            } finally {
                end();
            }
        }

        private void end() {
            DroppingProxy.close(client);
            DroppingProxy.close(server);
            sockets.remove(client);
            sockets.remove(server);
        }
    }

    private boolean strikes(Cut now) {
        if (seen.incrementAndGet() != now.occurrence()) {
            return false;
        }
        struck = true;
        return true;
    }

    private static String text(byte[] frame) {
        return new String(frame, StandardCharsets.ISO_8859_1);
    }

    /** One value of the Redis protocol, version 2, as it stands on the wire. */
    private static byte[] frame(InputStream in) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        copyValue(in, frame);
        return frame.toByteArray();
    }

    private static void copyValue(InputStream in, ByteArrayOutputStream out) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = next(in); b != '\n'; b = next(in)) {
            out.write(b);
            head.append((char) b);
        }
        out.write('\n');
        String line = head.toString().strip();
        char kind = line.charAt(0);
        if (kind == '$' || kind == '*') {
            int length = Integer.parseInt(line.substring(1));
            if (kind == '$' && length >= 0) {
                byte[] value = in.readNBytes(length + 2);
                if (value.length < length + 2) {
                    throw new EOFException();
                }
                out.writeBytes(value);
            }
            for (int i = 0; kind == '*' && i < length; i++) {
                copyValue(in, out);
            }
        }
    }

    /** The commands of a step; one about another user is none of it. */
    static Predicate<String> commands(String step, String user) {
        String[] words = step.split("@");
        String name =
                words[0].equals("SCAN") || words[0].equals("INFO")
                        ? "\r\n" + words[0] + "\r\n"
                        : Script.valueOf(words[0]).digest();
        String use =
                switch (step) {
                    case "LEASE@volume" -> "logs:volume";
                    case "LEASE@sweeper", "RELEASE@sweeper" -> "logs:sweeper";
                    case "RELEASE@list" -> "}:lock";
                    case "SCAN@batches" -> "}:batch";
                    case "SCAN@lists" -> "\r\nlogs:user_*";
                    default -> "";
                };
        return command ->
                command.contains(name)
                        && command.contains(use)
                        && (step.startsWith("SCAN")
                                || !command.contains("user_")
                                || command.contains("user_" + user));
    }

    /** The replies by which a step took up work; any for the others. */
    static Predicate<String> replies(String step) {
        return switch (step) {
            case "TAKE" -> reply -> reply.contains("TAKEN");
            case "RECLAIM" -> reply -> !reply.startsWith("*2\r\n");
            default -> reply -> true;
        };
    }

    private static int next(InputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(DroppingProxy::close);
    }
}
