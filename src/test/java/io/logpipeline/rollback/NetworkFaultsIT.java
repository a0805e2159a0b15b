package io.logpipeline.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Under load, what stands between a real process and its Redis breaks: connections are killed,
 * Redis stops, holds everything back, or is slow. What was acknowledged lands once, in order; what
 * was not, at most once.
 */
class NetworkFaultsIT {
    private static final int KILLS = 20;

    @TempDir private static Path directory;
    private static RedisProcess redis;
    private static MovingProxy way;
    private static PipelineProcess process;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisProcess.start();
        way = new MovingProxy(redis.port());
        process = PipelineProcess.of(directory, "all").redis(way.url()).startReady();
    }

    @AfterAll
    static void stop() throws Exception {
        process.close();
        way.close();
        redis.close();
    }

    /** Some trouble while events come in. */
    @FunctionalInterface
    private interface Trouble {
        void make(Load load) throws Exception;
    }

    private static void everyAcknowledgedEventLandsOnceDespite(String name, Trouble trouble)
            throws Exception {
        Numbered numbered = new Numbered(name);
        int acknowledged;
        int refused;
        try (Load load = new Load(numbered, process.port())) {
            load.awaitAcknowledged(100);
            trouble.make(load);
            load.awaitAcknowledged(100);
            load.close();
            acknowledged = load.acknowledged();
            refused = load.refused();
        }
        Await.until("nothing is left in Redis", NetworkFaultsIT::isDrained);
        long lines = numbered.verify(directory.resolve("logs"));
        System.out.printf(
                "NetworkFaultsIT: %s, %d acknowledged, %d refused, %d in files%n",
                name, acknowledged, refused, lines);
        assertThat(process.isAlive()).isTrue();
    }

    private static boolean isDrained() {
        return redis.with(server ->
                server.keys("logs:user_*").isEmpty()
                        && server.keys("{logs:user_*}:batch").isEmpty()
                        && server.xlen("logs:pending") == 0);
    }

    @Test
    void connectionsThatAreKilledAgainAndAgain() throws Exception {
        everyAcknowledgedEventLandsOnceDespite(
                "killed",
                load -> {
                    long killed = 0;
                    for (int i = 0; i < KILLS; i++) {
                        killed +=
                                redis.with(server ->
                                        server.clientKill(KillArgs.Builder.typeNormal().skipme()));
                        load.awaitAcknowledged(20);
                    }
                    assertThat(killed).isGreaterThan(KILLS);
                });
    }

    @Test
    void aRedisThatHoldsEverythingBack() throws Exception {
        everyAcknowledgedEventLandsOnceDespite(
                "held",
                load -> {
                    redis.with(server -> server.clientPause(3_000));
                    load.awaitRefused(8);
                });
    }

    @Test
    void aRedisThatIsStopped() throws Exception {
        everyAcknowledgedEventLandsOnceDespite(
                "stopped",
                load -> {
                    redis.signal("STOP");
                    load.awaitRefused(24);
                    assertThat(process.get("/health/live").statusCode()).isEqualTo(200);
                    redis.signal("CONT");
                });
    }

    @Test
    void aNetworkThatIsSlowAndThenTooSlow() throws Exception {
        everyAcknowledgedEventLandsOnceDespite(
                "slow",
                load -> {
                    way.trickle(400, Duration.ofMillis(2));
                    load.awaitAcknowledged(50);
                    way.trickle(40, Duration.ofMillis(100));
                    load.awaitRefused(8);
                    way.trickle(64 * 1024, Duration.ZERO);
                });
    }
}
