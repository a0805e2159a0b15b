package io.logpipeline.telemetry;

import java.util.logging.LogManager;

/**
 * A log manager that still logs while the process shuts down.
 *
 * <p>The JDK's own resets all handlers in a shutdown hook that runs beside ours, and what the
 * shutdown has to say would be lost. Public, and named by a system property, because the JDK makes
 * it: see {@link LogSetup}.
 */
public final class LineLogManager extends LogManager {
    /** Called by the JDK. */
    public LineLogManager() {}

    @Override
    public void reset() {
        // Nothing to undo: our handler flushes every line.
    }
}
