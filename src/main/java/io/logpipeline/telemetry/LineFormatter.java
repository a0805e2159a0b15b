package io.logpipeline.telemetry;

import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** One log record as one line of bounded length, whatever its message holds. */
final class LineFormatter extends Formatter {
    static final int MESSAGE_CHARS_MAX = 4_096;
    static final int EXCEPTION_CHARS_MAX = 16_384;

    private static final String ROOT = "io.logpipeline.";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final @Nullable JsonGeneratorFactory json;

    LineFormatter(LogFormat format) {
        json =
                switch (format) {
                    case TEXT -> null;
                    case JSON -> Json.createGeneratorFactory(Map.of());
                };
    }

    @Override
    public String format(LogRecord record) {
        String message = bounded(formatMessage(record), MESSAGE_CHARS_MAX);
        Throwable thrown = record.getThrown();
        String exception = thrown == null ? null : bounded(stackTrace(thrown), EXCEPTION_CHARS_MAX);
        return json == null
                ? text(record, message, exception)
                : json(json, record, message, exception);
    }

    private static String text(LogRecord record, String message, @Nullable String exception) {
        StringBuilder line = new StringBuilder(message.length() + 64);
        TIME.formatTo(record.getInstant(), line);
        String level = level(record.getLevel());
        line.append(' ').append(level).append(" ".repeat(6 - level.length()));
        line.append(shortName(record.getLoggerName())).append(": ");
        appendEscaped(line, message);
        if (exception != null) {
            line.append(" exception=");
            appendEscaped(line, exception);
        }
        return line.append('\n').toString();
    }

    private static String json(
            JsonGeneratorFactory factory,
            LogRecord record,
            String message,
            @Nullable String exception) {
        StringWriter line = new StringWriter(message.length() + 128);
        try (JsonGenerator generator = factory.createGenerator(line)) {
            generator
                    .writeStartObject()
                    .write("ts", TIME.format(record.getInstant()))
                    .write("level", level(record.getLevel()))
                    .write("logger", String.valueOf(record.getLoggerName()))
                    .write("message", message);
            if (exception != null) {
                generator.write("exception", exception);
            }
            generator.writeEnd();
        }
        return line.append('\n').toString();
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().strip();
    }

    private static String bounded(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(charsMax - 1)) ? charsMax - 1 : charsMax;
        return text.substring(0, end) + "… (" + (text.length() - end) + " more characters)";
    }

    private static void appendEscaped(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        line.append(String.format("\\u%04x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
    }

    /** Our rooms by their name, others by their class. */
    private static String shortName(@Nullable String logger) {
        if (logger == null || logger.isEmpty()) {
            return "-";
        }
        if (logger.startsWith(ROOT)) {
            int end = logger.indexOf('.', ROOT.length());
            return logger.substring(ROOT.length(), end < 0 ? logger.length() : end);
        }
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    /** The names of {@link System.Logger.Level}, by which the level is set, at most 5 long. */
    private static String level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (value >= Level.WARNING.intValue()) {
            return "WARN";
        }
        if (value >= Level.INFO.intValue()) {
            return "INFO";
        }
        return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }
}
