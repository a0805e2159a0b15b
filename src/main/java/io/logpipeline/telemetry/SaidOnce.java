package io.logpipeline.telemetry;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;

/**
 * For what a library says at each of its tries: lets each text through once in a window, and no
 * more than some in all. Of a masked password the length is taken out.
 */
final class SaidOnce implements Filter {
    private static final int TEXTS_MAX = 16;
    private static final Pattern MASKED = Pattern.compile("\\*{2,}");

    private final long windowNanos;
    private final LongSupplier nanoTime;
    private final Set<String> said = new HashSet<>();
    private long windowStart;

    /**
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    SaidOnce(Duration window, LongSupplier nanoTime) {
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
        this.windowStart = nanoTime.getAsLong();
    }

    @Override
    public synchronized boolean isLoggable(LogRecord line) {
        String text = MASKED.matcher(String.valueOf(line.getMessage())).replaceAll("***");
        line.setMessage(text);
        long now = nanoTime.getAsLong();
        if (now - windowStart >= windowNanos) {
            windowStart = now;
            said.clear();
        }
        if (said.size() >= TEXTS_MAX || !said.add(text)) {
            return false;
        }
        if (said.size() == TEXTS_MAX) {
            line.setMessage(text + "; more of this kind is held back for a while");
        }
        return true;
    }
}
