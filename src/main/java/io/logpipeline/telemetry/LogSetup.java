package io.logpipeline.telemetry;

import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.jspecify.annotations.Nullable;

/**
 * Where log lines go: one handler, standard output, one fact a line.
 *
 * <p>To be called first of all in {@code main}: once somebody has logged, the JDK has made its own
 * log manager, and lines written during shutdown may be lost.
 */
public final class LogSetup {
    private static final String MANAGER_PROPERTY = "java.util.logging.manager";

    private static final Duration SAID_AGAIN_AFTER = Duration.ofMinutes(10);

    private static volatile @Nullable Throwable serverProblem;

    private LogSetup() {}

    /**
     * Takes over the JDK's logging; may be called again with other settings.
     *
     * @param ours the level of this project's loggers, {@code INFO} by default
     * @param libraries the level of everybody else's, {@code WARNING} by default: their start-up
     *     lines and reconnect chatter say nothing that ours don't
     */
    public static void install(LogFormat format, Level ours, Level libraries) {
        if (System.getProperty(MANAGER_PROPERTY) == null) {
            System.setProperty(MANAGER_PROPERTY, LineLogManager.class.getName());
        }
        install(format, ours, libraries, System.out);
    }

    static void install(LogFormat format, Level ours, Level libraries, PrintStream out) {
        Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new LineHandler(out, format));
        root.setLevel(julLevel(libraries));
        Held.OURS.setLevel(julLevel(ours));
        // Each of our connections says every few seconds that Redis is away; RedisWatch says it
        // once.
        boolean asked = libraries.getSeverity() < Level.WARNING.getSeverity();
        Held.RECONNECTS.setLevel(julLevel(asked ? libraries : Level.ERROR));
        // Each try of each of them also says which Sentinel refused it and why, and only there is
        // it said of one that others stand in for.
        Held.SENTINELS.setFilter(asked ? null : new SaidOnce(SAID_AGAIN_AFTER, System::nanoTime));
        // A port that can't be had stops the start with one line of ours; its own has a trace.
        Held.SERVER_STARTS.setFilter(line -> {
            if (line.getThrown() != null) {
                serverProblem = line.getThrown();
            }
            return asked || ours.getSeverity() <= Level.DEBUG.getSeverity();
        });
    }

    /** Why the web server did not start, which it tells its log and nobody else; else null. */
    public static @Nullable Throwable serverProblem() {
        return serverProblem;
    }

    /** For good: the log manager keeps only weak references, and the levels with them. */
    private static final class Held {
        static final Logger OURS = Logger.getLogger("io.logpipeline");
        static final Logger RECONNECTS =
                Logger.getLogger("io.lettuce.core.protocol.ConnectionWatchdog");
        static final Logger SENTINELS = Logger.getLogger("io.lettuce.core.RedisClient");
        static final Logger SERVER_STARTS = Logger.getLogger("io.helidon.webserver.LoomServer");
    }

    private static java.util.logging.Level julLevel(Level level) {
        return switch (level) {
            case ALL -> java.util.logging.Level.ALL;
            case TRACE -> java.util.logging.Level.FINER;
            case DEBUG -> java.util.logging.Level.FINE;
            case INFO -> java.util.logging.Level.INFO;
            case WARNING -> java.util.logging.Level.WARNING;
            case ERROR -> java.util.logging.Level.SEVERE;
            case OFF -> java.util.logging.Level.OFF;
        };
    }

    /** Flushes each line: a process that is killed has said what it had to say. */
    private static final class LineHandler extends StreamHandler {
        LineHandler(PrintStream out, LogFormat format) {
            super(out, new LineFormatter(format));
            setLevel(java.util.logging.Level.ALL);
            try {
                setEncoding(StandardCharsets.UTF_8.name());
            } catch (UnsupportedEncodingException impossible) {
                throw new AssertionError(impossible);
            }
        }

        @Override
        public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
        }

        /** Standard output is not ours to close. */
        @Override
        public synchronized void close() {
            flush();
        }
    }
}
