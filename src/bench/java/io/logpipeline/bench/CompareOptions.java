package io.logpipeline.bench;

import java.time.Duration;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param parts that run: {@code kafka}, {@code flume}
 * @param events of each load beside Kafka
 * @param seconds that each load beside Flume is sent
 * @param batch events of one push, and of one request of a batch
 * @param kafkaTasks of the sink, and partitions of the topic
 * @param limit for a load to land; after it the benchmark fails
 * @param java options of this pipeline's JVMs
 * @param kafkaJava of each of Kafka's two
 * @param flumeJava of Flume's
 */
record CompareOptions(
        List<String> parts,
        int rounds,
        int events,
        int seconds,
        int users,
        int batch,
        int pushers,
        int producers,
        int connections,
        int kafkaTasks,
        String sync,
        Duration limit,
        List<String> java,
        List<String> kafkaJava,
        List<String> flumeJava) {
    /** As Kafka's own start scripts have it. */
    private static final String KAFKA_JAVA =
            "-Xmx1g -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35"
                    + " -XX:+ExplicitGCInvokesConcurrent";

    static CompareOptions parse(List<String> words) {
        Arguments given = new Arguments(words);
        CompareOptions options =
                new CompareOptions(
                        given.words("parts", "kafka,flume", ","),
                        given.number("rounds", given.quickly(1, 3)),
                        given.number("events", given.quickly(200_000, 1_000_000)),
                        given.number("seconds", given.quickly(1, 3)),
                        given.number("users", 1000),
                        given.number("batch", 1000),
                        given.number("pushers", 16),
                        given.number("producers", 2),
                        given.number("connections", 64),
                        given.number("kafka-tasks", 1),
                        given.take("sync", "file"),
                        Duration.ofSeconds(given.number("limit", 180)),
                        given.words("java", "-Xmx256m", " "),
                        given.words("kafka-java", KAFKA_JAVA, " "),
                        given.words("flume-java", "-Xmx1g", " "));
        given.end();
        return options;
    }

    boolean wants(String part) {
        return parts.contains(part);
    }
}
