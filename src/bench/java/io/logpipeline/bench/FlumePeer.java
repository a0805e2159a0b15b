package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Apache Flume: HTTP source, file channel, rolling file sink, in one process. A sink that finds its
 * channel empty sleeps, up to five seconds, which no setting changes.
 */
final class FlumePeer implements Delivery {
    /** What the source's JSON handler takes: the event's text is a string within its JSON. */
    private static final NumberedLines.Around JSON_EVENTS =
            new NumberedLines.Around("[", "{\"headers\":{},\"body\":\"", "\"}", "]");

    private static final String CONFIGURATION =
            """
            a.sources = http
            a.channels = file
            a.sinks = roll

            a.sources.http.type = http
            a.sources.http.bind = 127.0.0.1
            a.sources.http.port = ${port}
            a.sources.http.channels = file

            a.channels.file.type = file
            a.channels.file.checkpointDir = ${directory}/checkpoint
            a.channels.file.dataDirs = ${directory}/data
            a.channels.file.capacity = 4000000
            a.channels.file.transactionCapacity = 10000
            a.channels.file.fsyncPerTransaction = ${fsyncPerTransaction}
            a.channels.file.fsyncInterval = 1

            a.sinks.roll.type = file_roll
            a.sinks.roll.channel = file
            a.sinks.roll.batchSize = 1000
            a.sinks.roll.sink.directory = ${directory}/output
            a.sinks.roll.sink.rollInterval = 0
            """;

    private final String name;
    private final Path output;
    private final ServerProcess process;
    private final double startSeconds;
    private final Senders senders;

    /**
     * @param forced whether the channel forces each transaction to its disk, as it does unless told
     *     otherwise; else every second
     * @param java the command that starts its JVM with its class path
     */
    FlumePeer(
            String name,
            int port,
            Path directory,
            boolean forced,
            List<String> java,
            NumberedLines lines)
            throws IOException {
        this.name = name;
        output = Files.createDirectories(directory.resolve("output"));
        Path configuration = directory.resolve("flume.conf");
        Files.writeString(
                configuration,
                CONFIGURATION
                        .replace("${port}", String.valueOf(port))
                        .replace("${directory}", directory.toString())
                        .replace("${fsyncPerTransaction}", String.valueOf(forced)));
        List<String> command = new ArrayList<>(java);
        command.add("org.apache.flume.node.Application");
        command.addAll(List.of("--name", "a", "--no-reload-conf"));
        command.addAll(List.of("--conf-file", configuration.toString()));
        long beganNanos = System.nanoTime();
        process =
                ServerProcess.start(name, port, directory.resolve("flume.log"), command, Map.of());
        startSeconds = (System.nanoTime() - beganNanos) / 1e9;
        senders = new HttpSenders(port, (from, count) -> lines.list(from, count, JSON_EVENTS));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double startSeconds() {
        return startSeconds;
    }

    @Override
    public List<ServerProcess> processes() {
        return List.of(process);
    }

    @Override
    public Path output() {
        return output;
    }

    @Override
    public Senders senders() {
        return senders;
    }

    @Override
    public void close() {
        process.close();
    }
}
