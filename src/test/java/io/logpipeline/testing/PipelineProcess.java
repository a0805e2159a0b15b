package io.logpipeline.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real process of ours, started from the packaged jar. */
public final class PipelineProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("Listening .*port=(\\d+) replica=");

    /** A JVM that starts on a machine which is busy fifty times over takes its time. */
    private static final Duration START_LIMIT = Duration.ofMinutes(4);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** How one is to be started. */
    public static final class Builder {
        /** Most of these live for seconds: compiled thoroughly, each start takes twice as long. */
        private static final String COMPILED_QUICKLY = "-XX:TieredStopAtLevel=1";

        private final List<String> jvmOptions =
                new ArrayList<>(List.of("-Xmx256m", COMPILED_QUICKLY));
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private final Path directory;
        private String mainClass = "";
        private String classPath = System.getProperty("java.class.path");
        private boolean cold;
        private boolean underShell;

        private Builder(Path directory, String role) {
            this.directory = directory;
            arguments.add(role);
            environment.put("SERVER_PORT", "0");
            environment.put("DRAINER_INTERVAL_SECONDS", "1");
        }

        /** A setting by its environment variable. */
        public Builder with(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        public Builder redis(String url) {
            return with("REDIS_URL", url);
        }

        public Builder argument(String argument) {
            arguments.add(argument);
            return this;
        }

        public Builder jvmOption(String option) {
            jvmOptions.add(option);
            return this;
        }

        /** Starts as it does at a user's: without the cache that makes many starts cheap. */
        public Builder cold() {
            cold = true;
            return this;
        }

        /** A shell starts it and waits for it: that is the process that signals go to. */
        public Builder underShell() {
            underShell = true;
            return this;
        }

        /** Another main class, of the tests, in the place of the jar's. */
        public Builder mainClass(Class<?> type) {
            mainClass = type.getName();
            return this;
        }

        /** The class path of another main class; that of the tests unless said. */
        public Builder classPath(String path) {
            classPath = path;
            return this;
        }

        /** Starts it without waiting for anything. */
        public PipelineProcess start() {
            try {
                Files.createDirectories(directory);
                Path output = Files.createTempFile(directory, "process-", ".log");
                List<String> command = new ArrayList<>();
                if (underShell) {
                    command.addAll(List.of("sh", "-c", "\"$0\" \"$@\" & wait"));
                }
                command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
                String jar = StartCache.jar().toString();
                boolean packaged = mainClass.isEmpty() || classPath.startsWith(jar);
                if (packaged && !cold) {
                    command.addAll(StartCache.jvmOptions());
                }
                command.addAll(jvmOptions);
                if (mainClass.isEmpty()) {
                    command.addAll(List.of("-jar", jar));
                } else {
                    command.addAll(List.of("-cp", classPath, mainClass));
                }
                command.addAll(arguments);
                ProcessBuilder builder =
                        new ProcessBuilder(command)
                                .directory(directory.toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                return new PipelineProcess(builder.start(), output);
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        }

        /** Starts it and waits until it listens and is ready. */
        public PipelineProcess startReady() {
            PipelineProcess started = start();
            try {
                started.awaitReady();
                return started;
            } catch (AssertionError | RuntimeException notReady) {
                started.kill();
                throw notReady;
            }
        }
    }

    private final Process process;
    private final Path output;

    private PipelineProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * @param directory the working directory: day files go to {@code logs} below it
     */
    public static Builder of(Path directory, String role) {
        return new Builder(directory, role);
    }

    /** Everything it wrote so far. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The port it listens on. */
    public int port() {
        Await.until(
                "the process listens", START_LIMIT, () -> !process.isAlive() || listening().find());
        Matcher listening = listening();
        if (!listening.find()) {
            throw new IllegalStateException("it ended:\n" + output());
        }
        return Integer.parseInt(listening.group(1));
    }

    private Matcher listening() {
        return PORT.matcher(output());
    }

    /** Waits for {@code /health/ready}. */
    public void awaitReady() {
        try {
            Await.until(
                    "ready", () -> !process.isAlive() || get("/health/ready").statusCode() == 200);
        } catch (AssertionError late) {
            throw new AssertionError(ProcessDump.of(pid()) + output(), late);
        }
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended:\n" + output());
        }
    }

    /** Posts a body to {@code /log} as JSON. */
    public HttpResponse<String> post(String body, String... headers) {
        HttpRequest.Builder request =
                request("/log")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public HttpResponse<String> get(String path) {
        return send(request(path).GET().build());
    }

    /** The value of an unlabelled, or exactly so labelled, meter. */
    public double metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** The value of a meter with one label. */
    public double metric(String name, String label, String value) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .filter(line -> line.contains(label + "=\"" + value + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** The one process that it started itself. */
    public ProcessHandle child() {
        return process.children().findFirst().orElseThrow();
    }

    /** Sends a signal by name, such as {@code STOP}. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives it a line of standard input. */
    public void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException ended) {
            throw new IllegalStateException("it reads no more:\n" + output(), ended);
        }
    }

    /** SIGTERM, and the exit status. */
    public int terminate() {
        process.destroy();
        return awaitExit();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Whether its end came within this time. */
    public boolean endsWithin(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for its end. */
    public int awaitExit() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("it does not end:\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
