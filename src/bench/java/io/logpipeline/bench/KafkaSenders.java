package io.logpipeline.bench;

import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Idempotent producers, one a thread, which stay from load to load; the user's id is the key. A
 * call only hands over: whether all is acknowledged, shows when the sender is closed.
 */
final class KafkaSenders implements Senders, AutoCloseable {
    private final String topic;
    private final NumberedLines lines;
    private final int producers;
    private final Map<String, Object> settings;
    private final Queue<KafkaProducer<byte[], byte[]>> idle = new ConcurrentLinkedQueue<>();

    KafkaSenders(String bootstrap, String topic, int producers, NumberedLines lines) {
        this.topic = topic;
        this.producers = producers;
        this.lines = lines;
        settings =
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        "all",
                        "enable.idempotence",
                        "true",
                        "linger.ms",
                        "10",
                        "batch.size",
                        String.valueOf(256 << 10),
                        "buffer.memory",
                        String.valueOf(64 << 20),
                        "max.request.size",
                        String.valueOf(4 << 20));
    }

    /** Few: each of them sends in the background. */
    @Override
    public int threads(int asked) {
        return producers;
    }

    @Override
    public Sender open() {
        KafkaProducer<byte[], byte[]> waiting = idle.poll();
        return new Producing(waiting != null ? waiting : producer());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        idle.forEach(KafkaProducer::close);
    }

    private final class Producing implements Sender {
        private final KafkaProducer<byte[], byte[]> producer;
        private volatile @Nullable Exception failure;

        private Producing(KafkaProducer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        @Override
        public void send(long from, int count) throws IOException {
            for (long number = from; number < from + count; number++) {
                byte[] key = NumberedLines.userKey(lines.user(number));
                var unused =
                        producer.send(
                                new ProducerRecord<>(topic, key, lines.line(number)),
                                (metadata, problem) -> {
                                    if (problem != null) {
                                        failure = problem;
                                    }
                                });
            }
            throwFailure();
        }

        private void throwFailure() throws IOException {
            if (failure != null) {
                throw new IOException("Kafka did not take an event", failure);
            }
        }

        @Override
        public void close() throws IOException {
            producer.flush();
            idle.add(producer);
            throwFailure();
        }
    }
}
