package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LineFormatterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NASTY = "a\nb\r\tc\u001b[31m \u0000 \u2028 \"q\" \\ é 😀";

    private static LogRecord record(Level level, String logger, String message) {
        LogRecord record = new LogRecord(level, message);
        record.setLoggerName(logger);
        record.setInstant(Instant.parse("2026-11-23T18:00:00.123456Z"));
        return record;
    }

    private static String text(LogRecord record) {
        return new LineFormatter(LogFormat.TEXT).format(record);
    }

    private static JsonNode json(LogRecord record) throws Exception {
        String line = new LineFormatter(LogFormat.JSON).format(record);
        assertThat(line).endsWith("}\n");
        assertThat(line.lines()).hasSize(1);
        return JSON.readTree(line);
    }

    @Test
    void textIsTimeLevelRoomAndMessage() {
        assertThat(text(record(Level.INFO, "io.logpipeline.drain", "Drained a key key=x")))
                .isEqualTo("2026-11-23T18:00:00.123Z INFO  drain: Drained a key key=x\n");
    }

    @Test
    void levelsAreNamedAsTheyAreSet() {
        assertThat(text(record(Level.SEVERE, "x", "m"))).contains("Z ERROR x: m");
        assertThat(text(record(Level.WARNING, "x", "m"))).contains("Z WARN  x: m");
        assertThat(text(record(Level.FINE, "x", "m"))).contains("Z DEBUG x: m");
        assertThat(text(record(Level.FINER, "x", "m"))).contains("Z TRACE x: m");
    }

    @Test
    void aLoggerIsNamedByItsRoomOrElseByItsClass() {
        assertThat(text(record(Level.INFO, "io.logpipeline.redis.Sender", "m")))
                .contains(" redis: ");
        assertThat(text(record(Level.INFO, "io.logpipeline.Main", "m"))).contains(" Main: ");
        assertThat(text(record(Level.INFO, "io.netty.x.Loop", "m"))).contains(" Loop: ");
        assertThat(text(record(Level.INFO, null, "m"))).contains(" -: ");
    }

    @Test
    void oneFactIsOneLineOfText() {
        String line = text(record(Level.INFO, "x", NASTY));
        assertThat(line.lines()).hasSize(1);
        assertThat(line).endsWith("x: a\\nb\\r\\tc\\u001b[31m \\u0000 \\u2028 \"q\" \\ é 😀\n");
    }

    @Test
    void jsonKeepsTheMessageExactly() throws Exception {
        JsonNode line = json(record(Level.WARNING, "io.logpipeline.drain", NASTY));
        assertThat(line.get("ts").asText()).isEqualTo("2026-11-23T18:00:00.123Z");
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.get("logger").asText()).isEqualTo("io.logpipeline.drain");
        assertThat(line.get("message").asText()).isEqualTo(NASTY);
        assertThat(line.has("exception")).isFalse();
    }

    @Test
    void anExceptionStaysOnTheLine() throws Exception {
        LogRecord record = record(Level.SEVERE, "x", "Failed");
        record.setThrown(new IllegalStateException("first\nsecond", new RuntimeException("root")));

        assertThat(text(record).lines()).hasSize(1);
        assertThat(text(record))
                .contains("x: Failed exception=java.lang.IllegalStateException: first\\nsecond");
        assertThat(json(record).get("exception").asText())
                .startsWith("java.lang.IllegalStateException: first\nsecond\n")
                .contains("Caused by: java.lang.RuntimeException: root");
    }

    @Test
    void longMessagesAndExceptionsAreCutAndSayHowMuchIsMissing() throws Exception {
        LogRecord record = record(Level.INFO, "x", "é".repeat(10_000));
        record.setThrown(new IllegalStateException("y".repeat(100_000)));

        assertThat(text(record))
                .contains("é… (5904 more characters) exception=")
                .hasSizeLessThan(21_000);
        assertThat(json(record).get("message").asText())
                .startsWith("é".repeat(LineFormatter.MESSAGE_CHARS_MAX) + "…");
        assertThat(json(record).get("exception").asText()).hasSizeLessThan(16_500);
    }

    @Test
    void aCutNeverSplitsACharacter() throws Exception {
        String message = "x".repeat(LineFormatter.MESSAGE_CHARS_MAX - 1) + "😀😀";
        assertThat(json(record(Level.INFO, "x", message)).get("message").asText())
                .endsWith("x… (4 more characters)");
    }

    @Test
    void parametersAreFilledIn() {
        LogRecord record = record(Level.INFO, "x", "took {0} ms");
        record.setParameters(new Object[] {"5"});
        assertThat(text(record)).endsWith("x: took 5 ms\n");
    }
}
