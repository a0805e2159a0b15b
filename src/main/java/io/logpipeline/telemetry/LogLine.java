package io.logpipeline.telemetry;

/**
 * A fact for the log: a sentence, then {@code key=value} pairs.
 *
 * <p>A value with a space, a quote or an equals sign in it is quoted, so that a line can be taken
 * apart again. Line breaks and other control characters are the formatter's concern.
 */
public final class LogLine {
    private final StringBuilder line;

    private LogLine(String sentence) {
        line = new StringBuilder(sentence);
    }

    /** Starts with a sentence that has no full stop at its end. */
    public static LogLine of(String sentence) {
        return new LogLine(sentence);
    }

    /** Adds one pair; the name carries its unit last. */
    public LogLine with(String name, String value) {
        line.append(' ').append(name).append('=');
        if (isPlain(value)) {
            line.append(value);
        } else {
            line.append('"').append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
        }
        return this;
    }

    /** Adds one number. */
    public LogLine with(String name, long value) {
        line.append(' ').append(name).append('=').append(value);
        return this;
    }

    private static boolean isPlain(String value) {
        return !value.isEmpty()
                && value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=' || c == '\\');
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
