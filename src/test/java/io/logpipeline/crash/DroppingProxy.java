package io.logpipeline.crash;

import io.logpipeline.faults.Moment;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.Relay;
import io.logpipeline.testing.RespFrame;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Stands between one process and its Redis, and cuts the connection at one command: before Redis
 * gets it, or when Redis has run it, with its reply and all later ones lost. It reads the protocol
 * command by command, so commands and replies that come before pass whole.
 */
final class DroppingProxy extends Relay {
    /**
     * Where to cut.
     *
     * @param command which command, by its whole text on the wire
     * @param reply which of its replies count, when it is cut after
     */
    record Cut(Moment moment, Predicate<String> command, Predicate<String> reply, int occurrence) {}

    private final AtomicInteger seen = new AtomicInteger();
    private volatile Cut cut;
    private volatile boolean struck;

    DroppingProxy(int targetPort) throws IOException {
        super(targetPort);
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

    @Override
    protected Passage passage() {
        return new Connection();
    }

    /** Each command has one reply, in order. */
    private final class Connection implements Passage {
        private final Queue<Boolean> awaited = new ConcurrentLinkedQueue<>();

        @Override
        public void forward(InputStream client, OutputStream server) throws IOException {
            InputStream in = new BufferedInputStream(client);
            while (true) {
                RespFrame command = RespFrame.read(in);
                Cut now = cut;
                boolean meant = now != null && now.command().test(command.text());
                if (meant && now.moment() == Moment.BEFORE && strikes(now)) {
                    return;
                }
                awaited.add(meant && now.moment() == Moment.AFTER);
                server.write(command.bytes());
            }
        }

        @Override
        public void answer(InputStream server, OutputStream client) throws IOException {
            InputStream in = new BufferedInputStream(server);
            while (true) {
                RespFrame reply = RespFrame.read(in);
                Cut now = cut;
                if (awaited.remove()
                        && now != null
                        && now.reply().test(reply.text())
                        && strikes(now)) {
                    return;
                }
                client.write(reply.bytes());
            }
        }
    }

    private boolean strikes(Cut now) {
        if (seen.incrementAndGet() != now.occurrence()) {
            return false;
        }
        struck = true;
        return true;
    }

    /** The commands of a step; one about another user is none of it. */
    static Predicate<String> commands(String step, String user) {
        String[] words = step.split("@");
        String name =
                switch (words[0]) {
                    case "SCAN", "INFO" -> "\r\n" + words[0] + "\r\n";
                    case "REWRITEAOF" -> "\r\nBGREWRITEAOF\r\n";
                    case "READBATCH" -> "\r\nLRANGE\r\n";
                    default -> Script.valueOf(words[0]).digest();
                };
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
}
