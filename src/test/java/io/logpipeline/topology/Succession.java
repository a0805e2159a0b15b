package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Masters are killed under load, and a drainer with each; a replica takes over, and the master
 * comes back empty: its heir gives it all there is, while events come in and are drained.
 */
final class Succession {
    /** Sentinels without a majority vote again after twenty seconds; after a pause they wait. */
    private static final Duration AGREED_WITHIN = Duration.ofMinutes(3);

    private final Load load;
    private final MortalDrainer drainer;
    private final Path logDir;
    private int kills;
    private long fullResyncs;

    Succession(Load load, MortalDrainer drainer, Path logDir) {
        this.load = load;
        this.drainer = drainer;
        this.logDir = logDir;
    }

    /**
     * @param heirRules whether those that decide it have made the heir the master
     */
    void play(RedisProcess master, RedisProcess heir, Callable<Boolean> heirRules)
            throws IOException {
        Await.until("the heir has all", () -> RedisCluster.isInSync(heir));
        long resyncsBefore = fullResyncs(heir);
        master.kill();
        load.mayBeForgotten();
        drainer.kill();
        kills++;
        Await.until("the heir takes over", AGREED_WITHIN, heirRules);
        load.awaitRefused(1);
        long bytesAtTakeover = bytesInFiles();
        Await.until("the heir's lists are drained", () -> bytesInFiles() > bytesAtTakeover);
        int answersBefore = load.acknowledged() + load.refused();
        long bytesBefore = bytesInFiles();
        master.restart();
        Await.until("it follows its heir", AGREED_WITHIN, () -> RedisCluster.isInSync(master));
        assertThat(load.acknowledged() + load.refused()).isGreaterThan(answersBefore);
        assertThat(bytesInFiles()).isGreaterThan(bytesBefore);
        long resyncs = fullResyncs(heir) - resyncsBefore;
        assertThat(resyncs).isPositive();
        fullResyncs += resyncs;
        drainer.awaitReady();
        load.awaitAcknowledged(200);
        // Ledgers of what was forgotten catch up with their files.
        load.awaitEachAcknowledged();
    }

    private static long fullResyncs(RedisProcess server) {
        return server.with(commands -> commands.info("stats"))
                .lines()
                .filter(line -> line.startsWith("sync_full:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    private long bytesInFiles() throws IOException {
        try (Stream<Path> all = Files.walk(logDir)) {
            List<Path> files = all.filter(each -> each.toString().endsWith(".jsonl")).toList();
            long bytes = 0;
            for (Path each : files) {
                bytes += Files.size(each);
            }
            return bytes;
        }
    }

    @Override
    public String toString() {
        return "%d masters and %d drainers killed, %d full resyncs"
                .formatted(kills, drainer.kills(), fullResyncs);
    }
}
