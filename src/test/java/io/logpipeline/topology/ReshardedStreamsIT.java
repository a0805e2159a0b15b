package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.RedisKeys;
import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes are replaced under load by those of another number of streams, more and then fewer,
 * while the slots of the streams move, and of the lists of all users so far: every event that is
 * acknowledged lands once, in order, and no stream is left behind.
 */
class ReshardedStreamsIT {
    private static final int USERS = 8;
    private static final int ROUNDS = Rounds.of(1, 6);
    private static final List<String> STREAMS =
            IntStream.range(0, 3).mapToObj(RedisKeys::pending).toList();

    @TempDir private Path directory;

    /** An API and a drainer of one setting, and the users who post to them. */
    private final class Generation implements AutoCloseable {
        private final Numbered numbered;
        private final PipelineProcess drainer;
        private final PipelineProcess api;
        private final Load load;

        Generation(RedisCluster cluster, String name, int streams) {
            numbered = new Numbered(name);
            drainer = process(cluster, "drainer", streams);
            api = process(cluster, "api", streams);
            drainer.awaitReady();
            api.awaitReady();
            load = Load.ofAllManners(numbered, api.port());
        }

        private PipelineProcess process(RedisCluster cluster, String role, int streams) {
            return PipelineProcess.of(directory, role)
                    .redis(cluster.url())
                    .with("DRAINER_STREAMS", Integer.toString(streams))
                    .start();
        }

        List<String> lists() {
            return IntStream.range(0, USERS)
                    .mapToObj(user -> Numbered.list(numbered.user(user)))
                    .toList();
        }

        /** As a rolling restart ends them, the drainer while its API still pushes. */
        void end(Wanderers slots) throws InterruptedException {
            assertThat(drainer.terminate()).isZero();
            slots.moveAll(load);
            load.close();
            assertThat(api.terminate()).isZero();
        }

        @Override
        public void close() throws InterruptedException {
            load.close();
            api.close();
            drainer.close();
        }
    }

    @Test
    void eachEventLandsOnceThoughThereAreMoreStreamsAndThenFewer() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(0);
                Generation one = new Generation(cluster, "one", 1)) {
            Wanderers slots = new Wanderers(cluster, Wanderers.OWN);
            slots.add(one.lists());
            one.load.awaitAcknowledged(100);
            try (Generation three = new Generation(cluster, "three", 3)) {
                slots.add(three.lists());
                three.load.awaitAcknowledged(100);
                one.end(slots);
                awaitEntriesOfEach(cluster);
                for (int round = 0; round < ROUNDS; round++) {
                    slots.moveAll(three.load);
                }
                try (Generation last = new Generation(cluster, "last", 1)) {
                    slots.add(last.lists());
                    last.load.awaitAcknowledged(100);
                    three.end(slots);
                    for (int round = 0; round < ROUNDS; round++) {
                        slots.moveAll(last.load);
                    }
                    last.load.close();
                    verify(cluster, one, three, last);
                    Await.until(
                            "the streams of nobody are gone",
                            () -> cluster.keys("logs:pending*").equals(List.of("logs:pending")));
                }
            }
        }
    }

    /** That the streams are there says nothing: each drainer makes those of its setting. */
    private static void awaitEntriesOfEach(RedisCluster cluster) {
        List<Long> before = entriesAdded(cluster);
        Await.until(
                "lists are made known in all three streams",
                () -> {
                    List<Long> now = entriesAdded(cluster);
                    return IntStream.range(0, STREAMS.size())
                            .allMatch(stream -> now.get(stream) > before.get(stream));
                });
    }

    private static List<Long> entriesAdded(RedisCluster cluster) {
        return STREAMS.stream()
                .map(stream -> {
                    List<Object> info =
                            cluster.masterOf(stream).with(server -> server.xinfoStream(stream));
                    return (Long) info.get(info.indexOf("entries-added") + 1);
                })
                .toList();
    }

    private void verify(RedisCluster cluster, Generation one, Generation three, Generation last)
            throws IOException {
        long events =
                Aftermath.of(cluster)
                        .verify(
                                directory.resolve("logs"),
                                one.numbered,
                                three.numbered,
                                last.numbered);
        System.out.println(
                "ReshardedStreamsIT: one stream, %s; three, %s; one, %s; %d in files"
                        .formatted(one.load, three.load, last.load, events));
    }
}
