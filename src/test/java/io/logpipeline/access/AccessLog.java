package io.logpipeline.access;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The lines that the access room logs. */
final class AccessLog extends Handler {
    private final Logger logger = Logger.getLogger("io.logpipeline.access");
    private final List<String> lines = new CopyOnWriteArrayList<>();

    void open() {
        logger.addHandler(this);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void publish(LogRecord line) {
        Object[] values = line.getParameters();
        lines.add(
                line.getLevel()
                        + " "
                        + MessageFormat.format(
                                line.getMessage(), values == null ? new Object[0] : values));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
