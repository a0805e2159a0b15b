package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The registry is the process's own, so other tests may have moved its counters: only differences
 * are compared.
 */
class MetersMoveTest {
    private final ObservedProcess process = new ObservedProcess(true);

    @AfterEach
    void stop() {
        process.close();
    }

    private MetricsText scrape() throws Exception {
        return MetricsText.parse(process.get("/metrics").body());
    }

    @Test
    void requestsMoveTheirMeters() throws Exception {
        MetricsText before = scrape();
        process.telemetry.requestAnswered(RequestOutcome.TOO_LARGE);
        process.telemetry.eventsAccepted(3, 120);
        process.telemetry.pushTook(Duration.ofMillis(3));
        MetricsText after = scrape();

        assertThat(moved(before, after, "requests_total", "outcome", "too_large")).isEqualTo(1);
        assertThat(moved(before, after, "requests_total", "outcome", "accepted")).isZero();
        assertThat(moved(before, after, "events_accepted_total")).isEqualTo(3);
        assertThat(moved(before, after, "bytes_accepted_total")).isEqualTo(120);
        assertThat(moved(before, after, "push_seconds_count")).isEqualTo(1);
        assertThat(moved(before, after, "push_seconds_bucket", "le", "0.0025")).isZero();
        assertThat(moved(before, after, "push_seconds_bucket", "le", "0.005")).isEqualTo(1);
    }

    @Test
    void eventsDrainedMovesWithEachChunkAndKeysDrainedWithTheWholeClaim() throws Exception {
        MetricsText before = scrape();
        process.telemetry.eventsCommitted(10, 1_000);
        process.telemetry.eventsCommitted(5, 500);
        process.telemetry.keyDrained("logs:user_1:1", 15, 1_500, Duration.ofMillis(40));
        process.telemetry.synced(Duration.ofMillis(2));
        MetricsText after = scrape();

        assertThat(moved(before, after, "events_drained_total")).isEqualTo(15);
        assertThat(moved(before, after, "bytes_drained_total")).isEqualTo(1_500);
        assertThat(moved(before, after, "keys_drained_total")).isEqualTo(1);
        assertThat(moved(before, after, "drain_seconds_count")).isEqualTo(1);
        assertThat(moved(before, after, "sync_seconds_count")).isEqualTo(1);
    }

    @Test
    void troubleMovesItsMeters() throws Exception {
        MetricsText before = scrape();
        process.telemetry.drainFailed(DrainFailure.DISK_FULL, "logs:user_1:1", "no space");
        process.telemetry.recovered(Recovery.TORN_TAIL, "logs:user_1:1", "7 bytes");
        process.telemetry.keyExpired("logs:user_1:1");
        process.telemetry.keysSwept(4);
        process.telemetry.lockBusy(LockKind.SWEEPER);
        MetricsText after = scrape();

        assertThat(moved(before, after, "drain_failures_total", "reason", "disk_full"))
                .isEqualTo(1);
        assertThat(moved(before, after, "recoveries_total", "kind", "torn_tail")).isEqualTo(1);
        assertThat(moved(before, after, "keys_expired_total")).isEqualTo(1);
        assertThat(moved(before, after, "keys_swept_total")).isEqualTo(4);
        assertThat(moved(before, after, "lock_busy_total", "lock", "sweeper")).isEqualTo(1);
    }

    private static double moved(MetricsText before, MetricsText after, String name) {
        return after.value("log_pipeline_" + name) - before.value("log_pipeline_" + name);
    }

    private static double moved(
            MetricsText before, MetricsText after, String name, String label, String value) {
        return after.value("log_pipeline_" + name, label, value)
                - before.value("log_pipeline_" + name, label, value);
    }

    @Test
    void gaugesAreReadAtEachScrape() throws Exception {
        process.telemetry.gauges().pushQueueEvents(() -> 11);
        process.telemetry.gauges().keysInHand(() -> 12);
        process.telemetry.gauges().sweeperLeader(() -> true);
        process.telemetry.gauges().sweepTime(() -> Duration.ofMillis(1_500));
        process.telemetry.unrecognizedKeys(13);
        process.state.redisUp(true);
        process.state.pending(14, Duration.ofMillis(2_500));
        MetricsText text = scrape();

        assertThat(text.value("log_pipeline_push_queue_events")).isEqualTo(11);
        assertThat(text.value("log_pipeline_keys_in_hand")).isEqualTo(12);
        assertThat(text.value("log_pipeline_sweeper_leader")).isEqualTo(1);
        assertThat(text.value("log_pipeline_sweep_seconds")).isEqualTo(1.5);
        assertThat(text.value("log_pipeline_keys_unrecognized")).isEqualTo(13);
        assertThat(text.value("log_pipeline_redis_up")).isEqualTo(1);
        assertThat(text.value("log_pipeline_keys_pending")).isEqualTo(14);
        assertThat(text.value("log_pipeline_drain_lag_seconds")).isEqualTo(2.5);
    }

    @Test
    void aProcessSaysItsRoleAndVersionAndWhatTheLagIsJudgedBy() throws Exception {
        process.telemetry.gauges().keyExpiration(Duration.ofSeconds(600));
        MetricsText text = scrape();

        assertThat(text.named("log_pipeline_info"))
                .singleElement()
                .satisfies(sample -> assertThat(sample.value()).isEqualTo(1))
                .satisfies(sample -> assertThat(sample.labels()).containsEntry("role", "drainer"))
                .satisfies(sample -> assertThat(sample.labels()).containsEntry("version", "1.2.3"));
        assertThat(text.value("log_pipeline_key_expiration_seconds")).isEqualTo(600);
    }

    @Test
    void theLogDirectoryIsNoNumberUntilItWasLookedAt() throws Exception {
        MetricsText before = scrape();
        assertThat(before.value("log_pipeline_log_dir_usable")).isNaN();
        assertThat(before.value("log_pipeline_log_dir_free_bytes")).isNaN();
        assertThat(before.value("log_pipeline_log_dir_size_bytes")).isNaN();

        process.state.logDirSpace(5, 100);
        process.state.logDirProblem("No space left on device");
        MetricsText full = scrape();
        assertThat(full.value("log_pipeline_log_dir_usable")).isZero();
        assertThat(full.value("log_pipeline_log_dir_free_bytes")).isEqualTo(5);
        assertThat(full.value("log_pipeline_log_dir_size_bytes")).isEqualTo(100);

        process.state.logDirProblem(null);
        assertThat(scrape().value("log_pipeline_log_dir_usable")).isEqualTo(1);
    }

    @Test
    void gaugesSurviveAGarbageCollection() throws Exception {
        process.telemetry.gauges().keysInHand(() -> 21);
        System.gc();
        assertThat(scrape().value("log_pipeline_keys_in_hand")).isEqualTo(21);
    }

    @Test
    void pendingAndLagKeepTheirLastValueWhileRedisIsAway() throws Exception {
        process.state.redisUp(true);
        process.state.pending(3, Duration.ofSeconds(9));
        process.state.redisUp(false);
        MetricsText text = scrape();

        assertThat(text.value("log_pipeline_redis_up")).isZero();
        assertThat(text.value("log_pipeline_keys_pending")).isEqualTo(3);
        assertThat(text.value("log_pipeline_drain_lag_seconds")).isEqualTo(9);
    }
}
