package io.logpipeline;

import io.logpipeline.drain.Drainer;
import io.logpipeline.file.FailStop;
import io.logpipeline.telemetry.LogFormat;
import io.logpipeline.telemetry.LogSetup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one entry point. Exit status: 0 after SIGTERM, 1 for a defect at the start, 2 when the start
 * was refused, 3 fail-stop.
 */
public final class Main {
    private static final int STATUS_FAILED = 1;
    private static final int STATUS_REFUSED = 2;
    private static final int STATUS_FORCE_FAILED = 3;

    private final CommandLine commandLine;
    private final AtomicInteger status = new AtomicInteger();
    private final CountDownLatch startEnded = new CountDownLatch(1);

    /** How long a stop may take; until the settings are read, how long they may. */
    private volatile Duration stopMax = Duration.ofSeconds(10);

    private volatile @Nullable EmbeddedRedis redis;
    private volatile @Nullable Pipeline pipeline;

    private Main(CommandLine commandLine) {
        this.commandLine = commandLine;
    }

    /** Starts the role named by the first argument. */
    public static void main(String[] arguments) {
        start(Pipeline.Seams.none(), arguments);
    }

    /** Starts with something between the process and its outside, for tests of real processes. */
    static void start(Pipeline.Seams seams, String... arguments) {
        LogSetup.install(LogFormat.TEXT, System.Logger.Level.INFO, System.Logger.Level.WARNING);
        try {
            CommandLine commandLine = CommandLine.parse(arguments);
            if (commandLine.help()) {
                System.out.print(CommandLine.USAGE);
            } else if (commandLine.version()) {
                System.out.println("log-pipeline " + version());
            } else {
                new Main(commandLine).run(seams);
            }
        } catch (StartRefused refused) {
            System.err.println("log-pipeline: " + refused.getMessage());
            System.exit(STATUS_REFUSED);
        }
    }

    private void run(Pipeline.Seams seams) {
        stopOnSignal();
        if (commandLine.untilParentEnds()) {
            stopWithParent();
        }
        try {
            startRole(seams);
        } catch (StartRefused refused) {
            refused(String.valueOf(refused.getMessage()));
        } catch (RuntimeException | Error unexpected) {
            status.set(STATUS_FAILED);
            throw unexpected;
        } finally {
            startEnded.countDown();
        }
        if (status.get() != 0) {
            System.exit(status.get());
        }
    }

    private void startRole(Pipeline.Seams seams) {
        boolean demo = commandLine.role() == Role.DEMO;
        Map<String, String> preset = demo ? Map.of("drainer.interval_seconds", "2") : Map.of();
        Settings settings = SettingsReader.read(commandLine, System.getenv(), preset);
        LogSetup.install(
                settings.log().format(), settings.log().level(), System.Logger.Level.WARNING);
        stopMax = settings.server().shutdown();
        if (demo) {
            startDemo(settings, seams);
        } else {
            pipeline = start(settings, seams, (userDay, elements) -> {});
        }
    }

    private void startDemo(Settings settings, Pipeline.Seams seams) {
        EmbeddedRedis ofTheDemo = startRedis();
        redis = ofTheDemo;
        Demo story = new Demo(settings.drainer().logDir());
        Pipeline started = start(settings.withRedis(ofTheDemo.url()), seams, story::landed);
        pipeline = started;
        story.banner(
                settings.server().host(),
                started.port(),
                started.observePort(),
                settings.drainer().interval());
    }

    private static EmbeddedRedis startRedis() {
        try {
            return EmbeddedRedis.start();
        } catch (IOException | RuntimeException failed) {
            throw new StartRefused("the embedded Redis does not start: " + oneLine(failed));
        } catch (LinkageError leftOut) {
            throw new StartRefused("the embedded Redis is not part of this installation");
        }
    }

    private Pipeline start(Settings settings, Pipeline.Seams seams, Drainer.Landed landed) {
        FailStop failStop =
                (path, cause) -> {
                    log().log(
                                    System.Logger.Level.ERROR,
                                    "A force failed; what the disk holds is unknown to this"
                                            + " process, so it ends file={0} reason={1}",
                                    path,
                                    cause);
                    Runtime.getRuntime().halt(STATUS_FORCE_FAILED);
                    return new AssertionError("halted");
                };
        try {
            return Pipeline.start(
                    commandLine.role(), settings, version(), seams, landed, failStop, this::refuse);
        } catch (StartRefused refused) {
            throw refused;
        } catch (RuntimeException failed) {
            log().log(System.Logger.Level.DEBUG, "The start failed", failed);
            throw new StartRefused("the start failed: " + oneLine(failed));
        }
    }

    /** The root of a failure, without the user and password of any URL that it may quote. */
    static String oneLine(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        if (message == null || message.isBlank()) {
            return root.getClass().getSimpleName();
        }
        return message.strip().replaceAll("\\s+", " ").replaceAll("://\\S*@", "://");
    }

    private void refused(String reason) {
        status.set(STATUS_REFUSED);
        System.err.println("log-pipeline: " + reason);
    }

    /** Called from a thread that the exit waits for, so another one exits. */
    private void refuse(String reason) {
        refused(reason);
        Thread.ofPlatform().name("exit").start(() -> System.exit(STATUS_REFUSED));
    }

    /** Before all else: what a signal finds half started is started, and then ended. */
    private void stopOnSignal() {
        Thread hook = Thread.ofPlatform().name("shutdown").unstarted(this::stop);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The signal came before: this process ends in a moment, whatever it starts.
        }
    }

    /** A build tool that is ended by a signal leaves what it started behind. */
    private static void stopWithParent() {
        ProcessHandle.current()
                .parent()
                .ifPresent(parent -> {
                    var unused = parent.onExit().thenRun(() -> System.exit(0));
                });
    }

    private void stop() {
        CountDownLatch stopped = new CountDownLatch(1);
        Thread.ofPlatform()
                .name("stop")
                .start(() -> {
                    closePipeline();
                    stopped.countDown();
                });
        try {
            boolean inTime = stopped.await(stopMax.toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) {
                log().log(
                                System.Logger.Level.WARNING,
                                "Stopped before all in hand was finished; another replica goes on"
                                        + " with it");
            } else if (pipeline != null) {
                log().log(System.Logger.Level.INFO, "Stopped");
            }
            EmbeddedRedis ofTheDemo = redis;
            if (ofTheDemo != null) {
                ofTheDemo.close();
            }
        } catch (Exception failure) {
            log().log(System.Logger.Level.WARNING, "The stop was not clean", failure);
        }
        // The signal's own status would be 143.
        Runtime.getRuntime().halt(status.get());
    }

    private void closePipeline() {
        try {
            startEnded.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        Pipeline started = pipeline;
        if (started != null) {
            started.close();
        }
    }

    /** Asked for late: a logger made before {@link LogSetup} would fix the JDK's log manager. */
    private static System.Logger log() {
        return System.getLogger("io.logpipeline.main");
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = Main.class.getResourceAsStream("build.properties")) {
            properties.load(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties.getProperty("version");
    }
}
