package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogSetupTest {
    private final Logger root = Logger.getLogger("");
    private final Logger ours = Logger.getLogger("io.logpipeline");
    private final Handler[] handlersBefore = root.getHandlers();
    private final java.util.logging.Level rootLevelBefore = root.getLevel();
    private final java.util.logging.Level ourLevelBefore = ours.getLevel();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @AfterEach
    void restore() {
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        for (Handler handler : handlersBefore) {
            root.addHandler(handler);
        }
        root.setLevel(rootLevelBefore);
        ours.setLevel(ourLevelBefore);
    }

    private void install(LogFormat format, Level level, Level libraries) {
        LogSetup.install(
                format, level, libraries, new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void librariesAreHeardFromWarningOn() {
        install(LogFormat.TEXT, Level.INFO, Level.WARNING);
        System.getLogger("io.logpipeline.drain").log(Level.INFO, "ours");
        System.getLogger("io.logpipeline.drain").log(Level.DEBUG, "too fine");
        for (String library : List.of("io.netty.x", "io.lettuce.x", "io.helidon.x")) {
            System.getLogger(library).log(Level.INFO, "chatter");
            System.getLogger(library).log(Level.WARNING, "matters");
        }
        assertThat(lines()).hasSize(4).noneMatch(line -> line.contains("chatter"));
        assertThat(lines().getFirst()).endsWith("INFO  drain: ours");
    }

    @Test
    void librariesAreHeardWhenAskedFor() {
        install(LogFormat.TEXT, Level.DEBUG, Level.INFO);
        System.getLogger("io.logpipeline.drain").log(Level.DEBUG, "fine");
        System.getLogger("io.helidon.x").log(Level.INFO, "chatter");
        assertThat(lines()).hasSize(2);
    }

    @Test
    void whatTheRedisWatchSaysOnceIsNotSaidByEachConnectionAgainAndAgain() {
        System.Logger reconnects = System.getLogger("io.lettuce.core.protocol.ConnectionWatchdog");
        install(LogFormat.TEXT, Level.INFO, Level.WARNING);
        reconnects.log(Level.WARNING, "Cannot reconnect to [127.0.0.1:6379]");
        assertThat(lines()).isEmpty();

        install(LogFormat.TEXT, Level.INFO, Level.INFO);
        reconnects.log(Level.WARNING, "Cannot reconnect to [127.0.0.1:6379]");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void whyASentinelRefusesIsSaidOnceWithoutTheLengthOfThePassword() {
        System.Logger tries = System.getLogger("io.lettuce.core.RedisClient");
        install(LogFormat.TEXT, Level.INFO, Level.WARNING);
        for (int i = 0; i < 3; i++) {
            tries.log(Level.WARNING, "Cannot connect to redis://u:*******@one: WRONGPASS");
            tries.log(Level.WARNING, "Cannot connect to redis://u:*******@two: WRONGPASS");
        }
        assertThat(lines()).hasSize(2);
        assertThat(lines().getFirst()).endsWith("Cannot connect to redis://u:***@one: WRONGPASS");

        install(LogFormat.TEXT, Level.INFO, Level.INFO);
        for (int i = 0; i < 3; i++) {
            tries.log(Level.WARNING, "Cannot connect");
        }
        assertThat(lines()).hasSize(5);
    }

    @Test
    void jsonIsOneObjectALine() throws Exception {
        install(LogFormat.JSON, Level.INFO, Level.WARNING);
        System.getLogger("io.logpipeline.api").log(Level.ERROR, "é\n", new RuntimeException("x"));
        assertThat(lines()).hasSize(1);
        var line = new ObjectMapper().readTree(lines().getFirst());
        assertThat(line.get("message").asText()).isEqualTo("é\n");
        assertThat(line.get("exception").asText()).contains("RuntimeException: x");
    }

    @Test
    void installingAgainReplacesTheHandler() {
        install(LogFormat.JSON, Level.INFO, Level.WARNING);
        install(LogFormat.TEXT, Level.ERROR, Level.ERROR);
        System.getLogger("io.logpipeline.api").log(Level.WARNING, "quiet");
        System.getLogger("io.logpipeline.api").log(Level.ERROR, "loud");
        assertThat(lines()).hasSize(1);
        assertThat(lines().getFirst()).endsWith("ERROR api: loud");
    }

    @Test
    void linesOfAShutdownHookAreWrittenToStandardOutput() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                LogsWhileShuttingDown.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(output.lines())
                .hasSize(2)
                .anyMatch(line -> line.endsWith("INFO  drain: running é"))
                .anyMatch(line -> line.endsWith("INFO  drain: stopped"));
    }

    /** Does in its shutdown hook what the JDK's does too, then has something to say. */
    static final class LogsWhileShuttingDown {
        public static void main(String[] arguments) {
            LogSetup.install(LogFormat.TEXT, Level.INFO, Level.WARNING);
            System.Logger log = System.getLogger("io.logpipeline.drain");
            log.log(Level.INFO, "running é");
            Runnable lastWords =
                    () -> {
                        LogManager.getLogManager().reset();
                        log.log(Level.INFO, "stopped");
                    };
            Runtime.getRuntime().addShutdownHook(new Thread(lastWords));
        }
    }
}
