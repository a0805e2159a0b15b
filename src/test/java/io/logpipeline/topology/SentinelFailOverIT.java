package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.LaterRedis;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sentinels replace a master that is killed under load, with a drainer, by its replica, and make
 * the master follow it when it comes back; each second time without the Sentinel that is named
 * first. What was acknowledged once a replica had it lands once, in order; what was sent again
 * until it was acknowledged lands too, once where no master was killed between its tries. All that
 * the pipeline is told of servers and Sentinels is {@code redis.url}, and with TLS its files.
 */
class SentinelFailOverIT {
    private static final int KILLS = Rounds.of(2, 8);

    @TempDir private Path directory;

    @Test
    void everyEventThatTheReplicaHadLandsOnceThoughTheMasterIsKilled() throws Exception {
        try (WatchedRedis redis = WatchedRedis.start()) {
            killMastersUnderLoad("passwords", redis);
        }
    }

    @Test
    @EnabledIf("io.logpipeline.testing.LaterRedis#isThere")
    void everyEventThatTheReplicaHadLandsOnceOverTlsThoughTheMasterIsKilled() throws Exception {
        Path keys = Files.createDirectory(directory.resolve("keys"));
        try (WatchedRedis redis = WatchedRedis.startWithTls(LaterRedis.program(), keys)) {
            killMastersUnderLoad("passwords and TLS", redis);
        }
    }

    private void killMastersUnderLoad(String variant, WatchedRedis redis) throws Exception {
        Numbered numbered = new Numbered("sentinel");
        Path logDir = directory.resolve("logs");
        try (PipelineProcess one = process("all", redis).startReady();
                MortalDrainer two = new MortalDrainer(process("drainer", redis));
                Load load = Load.ofAllManners(numbered, one.port())) {
            load.awaitAcknowledged(100);
            Succession succession = new Succession(load, two, logDir);
            WatchedRedis.Server master = redis.first();
            WatchedRedis.Server heir = redis.second();
            for (int i = 0; i < KILLS; i++) {
                boolean withoutFirst = i % 2 == 0;
                if (withoutFirst) {
                    redis.firstSentinel().kill();
                }
                WatchedRedis.Server next = heir;
                succession.play(master.process(), heir.process(), () -> redis.isMaster(next));
                if (withoutFirst) {
                    redis.firstSentinel().restart();
                    Await.until("it knows the heir", () -> redis.isMaster(next));
                }
                heir = master;
                master = next;
            }
            load.close();
            long events = Aftermath.of(master.process()).verify(logDir, numbered);
            System.out.println(
                    "SentinelFailOverIT, %s: %s; %s, %s, %d in files"
                            .formatted(variant, succession, load, numbered.retries(), events));
            assertThat(one.isAlive() && two.isAlive()).isTrue();
            assertThat(one.output() + two.output()).doesNotContain(WatchedRedis.secrets());
        }
    }

    private PipelineProcess.Builder process(String role, WatchedRedis redis) {
        return redis.letIn(PipelineProcess.of(directory, role))
                .with("REDIS_DURABILITY", "replicas:1")
                .with("DRAINER_LEASE_SECONDS", "5");
    }
}
