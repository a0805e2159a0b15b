package io.logpipeline.telemetry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The lines that this project's loggers write while it is open, as {@code LEVEL message}. */
public final class CapturedLog implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.logpipeline");
    private final Level levelBefore = logger.getLevel();
    private final boolean parentsBefore = logger.getUseParentHandlers();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord record) {
                    lines.add(record.getLevel() + " " + record.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    public CapturedLog() {
        logger.setLevel(Level.ALL);
        logger.setUseParentHandlers(false);
        handler.setLevel(Level.ALL);
        logger.addHandler(handler);
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(parentsBefore);
        logger.setLevel(levelBefore);
    }
}
