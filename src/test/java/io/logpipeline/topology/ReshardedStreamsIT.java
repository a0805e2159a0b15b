package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes are replaced under load by those of another number of streams, more and then fewer,
 * while the slots of streams and lists move: every event that is acknowledged lands once, in order,
 * and no stream is left behind.
 */
class ReshardedStreamsIT {
    private static final int USERS = 4;

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
            load = new Load(numbered, api.port());
        }

        private PipelineProcess process(RedisCluster cluster, String role, int streams) {
            return PipelineProcess.of(directory, role)
                    .redis(cluster.url())
                    .with("DRAINER_STREAMS", Integer.toString(streams))
                    .startReady();
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
            List<String> keys = new ArrayList<>(Wanderers.OWN);
            for (int i = 0; i < USERS; i++) {
                keys.add(Numbered.list(one.numbered.user(i)));
            }
            Wanderers slots = new Wanderers(cluster, keys);
            one.load.awaitAcknowledged(100);
            try (Generation three = new Generation(cluster, "three", 3)) {
                three.load.awaitAcknowledged(100);
                one.end(slots);
                Await.until("all three are written to", () -> streams(cluster).size() == 3);
                slots.moveAll(three.load);
                try (Generation last = new Generation(cluster, "last", 1)) {
                    last.load.awaitAcknowledged(100);
                    three.end(slots);
                    slots.moveAll(last.load);
                    last.load.close();
                    Await.until("nothing is left in the cluster", () -> isDrained(cluster));
                    Await.until(
                            "the streams of nobody are gone",
                            () -> streams(cluster).equals(List.of("logs:pending")));
                    verify(one, three, last);
                }
            }
        }
    }

    private void verify(Generation... generations) throws Exception {
        int acknowledged = 0;
        int refused = 0;
        long lines = 0;
        for (Generation each : generations) {
            lines += each.numbered.verify(directory.resolve("logs"));
            acknowledged += each.load.acknowledged();
            refused += each.load.refused();
        }
        System.out.printf(
                "ReshardedStreamsIT: %d acknowledged, %d refused, %d in files%n",
                acknowledged, refused, lines);
    }

    private static List<String> streams(RedisCluster cluster) {
        return cluster.keys("logs:pending*");
    }

    private static boolean isDrained(RedisCluster cluster) {
        return cluster.keys("logs:user_*").isEmpty()
                && cluster.keys("{logs:user_*}:batch").isEmpty();
    }
}
