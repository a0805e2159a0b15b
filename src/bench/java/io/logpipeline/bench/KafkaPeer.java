package io.logpipeline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Kafka, one broker that is its own controller, and Kafka Connect's file sink, standalone. */
final class KafkaPeer implements Delivery {
    private static final String NAME = "kafka + connect";
    private static final String TOPIC = "events";
    private static final int FORMAT_SECONDS_MAX = 120;

    private static final String BROKER =
            """
            process.roles=broker,controller
            node.id=1
            controller.quorum.bootstrap.servers=127.0.0.1:${controller}
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}
            advertised.listeners=PLAINTEXT://127.0.0.1:${broker}
            log.dirs=${directory}/broker
            num.partitions=${tasks}
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            transaction.state.log.num.partitions=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            group.initial.rebalance.delay.ms=0
            socket.send.buffer.bytes=1048576
            socket.receive.buffer.bytes=1048576
            message.max.bytes=4194304
            """;

    private static final String WORKER =
            """
            bootstrap.servers=127.0.0.1:${broker}
            listeners=http://127.0.0.1:${rest}
            offset.storage.file.filename=${directory}/offsets
            plugin.discovery=service_load
            key.converter=org.apache.kafka.connect.storage.StringConverter
            value.converter=org.apache.kafka.connect.storage.StringConverter
            consumer.max.poll.records=10000
            consumer.max.partition.fetch.bytes=8388608
            consumer.receive.buffer.bytes=1048576
            """;

    private static final String SINK =
            """
            name=sink
            connector.class=org.apache.kafka.connect.file.FileStreamSinkConnector
            tasks.max=${tasks}
            topics=events
            file=${directory}/output/events.jsonl
            """;

    private final Path directory;
    private final int portFirst;
    private final int tasks;
    private final List<String> java;
    private final List<ServerProcess> processes = new ArrayList<>();
    private final double startSeconds;
    private final KafkaSenders senders;

    /**
     * @param portFirst of three
     * @param tasks of the sink, and partitions of the topic
     * @param producers in this process
     * @param java the command that starts a JVM with Kafka's class path
     */
    KafkaPeer(
            int portFirst,
            Path directory,
            int tasks,
            int producers,
            List<String> java,
            NumberedLines lines)
            throws IOException, InterruptedException {
        this.portFirst = portFirst;
        this.directory = directory;
        this.tasks = tasks;
        this.java = java;
        Files.createDirectories(output());
        Path broker = write("broker.properties", BROKER);
        Path worker = write("worker.properties", WORKER);
        Path sink = write("sink.properties", SINK);
        format(broker);
        long beganNanos = System.nanoTime();
        start("broker", portFirst, "kafka.Kafka", broker);
        start(
                "connect",
                portFirst + 2,
                "org.apache.kafka.connect.cli.ConnectStandalone",
                worker,
                sink);
        Readiness.await(
                "http://127.0.0.1:" + (portFirst + 2) + "/connectors/sink/status",
                // The connector and each of its tasks.
                body -> body.split("\"RUNNING\"", -1).length == 2 + tasks);
        startSeconds = (System.nanoTime() - beganNanos) / 1e9;
        senders = new KafkaSenders("127.0.0.1:" + portFirst, TOPIC, producers, lines);
    }

    private Path write(String file, String properties) throws IOException {
        return Files.writeString(
                directory.resolve(file),
                properties
                        .replace("${broker}", String.valueOf(portFirst))
                        .replace("${controller}", String.valueOf(portFirst + 1))
                        .replace("${rest}", String.valueOf(portFirst + 2))
                        .replace("${tasks}", String.valueOf(tasks))
                        .replace("${directory}", directory.toString()));
    }

    /** Done once for a broker's directory; not part of a start. */
    private void format(Path configuration) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java);
        command.add("kafka.tools.StorageTool");
        command.addAll(List.of("format", "--standalone", "--cluster-id", "AAAAAAAAAAAAAAAAAAAAAQ"));
        command.addAll(List.of("--config", configuration.toString()));
        Path log = directory.resolve("format.log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(FORMAT_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("Kafka's storage was not formatted:\n" + Files.readString(log));
        }
    }

    private void start(String part, int port, String main, Path... configurations)
            throws IOException {
        List<String> command = new ArrayList<>(java);
        command.add(main);
        for (Path configuration : configurations) {
            command.add(configuration.toString());
        }
        Path log = directory.resolve(part + ".log");
        processes.add(ServerProcess.start("kafka " + part, port, log, command, Map.of()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public double startSeconds() {
        return startSeconds;
    }

    @Override
    public List<ServerProcess> processes() {
        return processes;
    }

    @Override
    public Path output() {
        return directory.resolve("output");
    }

    @Override
    public Senders senders() {
        return senders;
    }

    @Override
    public void close() {
        senders.close();
        processes.reversed().forEach(ServerProcess::close);
    }
}
