package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.LaterRedis;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sentinels replace a master that is killed under load by its replica, and make the master follow
 * it when it comes back. What was acknowledged once a replica had it lands once, in order. All that
 * the pipeline is told of servers and Sentinels is {@code redis.url}, and with TLS its files.
 */
class SentinelFailOverIT {
    /** After a vote without a majority they wait for twenty seconds, after a pause for thirty. */
    private static final Duration AGREED_WITHIN = Duration.ofMinutes(3);

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
        try (PipelineProcess one = process("all", redis);
                PipelineProcess two = process("drainer", redis);
                Load load = new Load(numbered, one.port())) {
            load.awaitAcknowledged(100);
            killAndBringBack(redis, redis.first(), redis.second(), load);
            killAndBringBack(redis, redis.second(), redis.first(), load);
            load.close();
            Await.until("nothing is left in Redis", () -> isDrained(redis.first().process()));
            long lines = numbered.verify(directory.resolve("logs"));
            System.out.printf(
                    "SentinelFailOverIT, %s: %d acknowledged, %d refused, %d in files%n",
                    variant, load.acknowledged(), load.refused(), lines);
            assertThat(one.isAlive() && two.isAlive()).isTrue();
            assertThat(one.output() + two.output()).doesNotContain(WatchedRedis.secrets());
        }
    }

    private PipelineProcess process(String role, WatchedRedis redis) {
        return redis.letIn(PipelineProcess.of(directory, role))
                .with("REDIS_DURABILITY", "replicas:1")
                .with("DRAINER_LEASE_SECONDS", "5")
                .startReady();
    }

    private static void killAndBringBack(
            WatchedRedis redis, WatchedRedis.Server master, WatchedRedis.Server heir, Load load) {
        Await.until("the heir has all", () -> RedisCluster.isInSync(heir.process()));
        master.process().kill();
        Await.until("the Sentinels agree on the heir", AGREED_WITHIN, () -> redis.isMaster(heir));
        load.awaitRefused(1);
        master.process().restart();
        Await.until(
                "it follows its heir",
                AGREED_WITHIN,
                () -> RedisCluster.isInSync(master.process()));
        load.awaitAcknowledged(200);
    }

    private static boolean isDrained(RedisProcess master) {
        return master.with(server ->
                server.keys("logs:user_*").isEmpty()
                        && server.keys("{logs:user_*}:batch").isEmpty());
    }
}
