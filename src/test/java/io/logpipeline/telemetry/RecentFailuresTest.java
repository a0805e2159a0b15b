package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.telemetry.RecentFailures.Episode;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentFailuresTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final RecentFailures failures = new RecentFailures(nanos::get);

    private void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    private List<String> shown() {
        return failures.newestFirst().stream()
                .map(each -> each.fact().reason() + " " + each.count())
                .toList();
    }

    @Test
    void whatRepeatsIsOneEpisodeThatSaysHowOftenAndHowLong() {
        failures.drainFailed(DrainFailure.IO);
        advance(SECOND);
        failures.drainFailed(DrainFailure.DISK_FULL);
        advance(SECOND);
        failures.drainFailed(DrainFailure.IO);
        advance(SECOND.multipliedBy(3));

        assertThat(shown()).containsExactly("io 2", "disk_full 1");
        Episode last = failures.newestFirst().getFirst();
        assertThat(last.lasted()).isEqualTo(Duration.ofSeconds(2));
        assertThat(last.ago()).isEqualTo(Duration.ofSeconds(3));
        assertThat(last.fact().level()).isEqualTo(Level.ERROR);
    }

    @Test
    void afterAPauseItIsAnotherEpisode() {
        failures.redisAway();
        advance(RecentFailures.QUIET);
        failures.redisAway();
        advance(RecentFailures.QUIET.plusNanos(1));
        failures.redisAway();

        assertThat(shown()).containsExactly("redis_down 1", "redis_down 2");
    }

    @Test
    void theOldestGiveWay() {
        failures.keyExpired();
        for (int i = 0; i < RecentFailures.EPISODES_MAX; i++) {
            advance(RecentFailures.QUIET.plusSeconds(1));
            failures.logDirUnusable();
        }

        assertThat(shown()).hasSize(RecentFailures.EPISODES_MAX).containsOnly("log_dir 1");
    }

    @Test
    void whatIsTheClientsOwnDoingIsNoFailure() {
        for (RequestOutcome outcome : RequestOutcome.values()) {
            failures.requestAnswered(outcome);
        }

        assertThat(shown()).containsExactlyInAnyOrder("store_failed 1", "overloaded 1");
    }

    @Test
    void theGravestOfAKindCountsForAsLongAsItIsRecent() {
        failures.drainFailed(DrainFailure.DISK_FULL);
        advance(SECOND);
        failures.drainFailed(DrainFailure.LOCK_TIMEOUT);

        assertThat(failures.gravest("Drain", SECOND)).contains(Level.ERROR);
        assertThat(failures.gravest("Drain", Duration.ZERO)).contains(Level.WARNING);
        assertThat(failures.gravest("Ingest", SECOND)).isEmpty();
    }

    @Test
    void eachFactIsNews() {
        long before = failures.revision();
        failures.recovered(Recovery.TORN_TAIL);
        long after = failures.revision();

        assertThat(after).isNotEqualTo(before);
        assertThat(failures.revision()).isEqualTo(after);
    }

    @Test
    void noKeyAndNoDetailGetsIn() {
        PipelineTelemetry telemetry =
                new PipelineTelemetry(
                        ProcessMeters.registry(), new PipelineState("drainer", "1"), nanos::get);
        for (DrainFailure reason : DrainFailure.values()) {
            telemetry.drainFailed(reason, "logs:user_secret:1", "/secret/path");
        }
        for (Recovery kind : Recovery.values()) {
            telemetry.recovered(kind, "logs:user_secret:1", "secret");
        }
        telemetry.keyExpired("logs:user_secret:1");
        telemetry.requestAnswered(RequestOutcome.STORE_FAILED);

        assertThat(telemetry.recentFailures().newestFirst())
                .hasSize(DrainFailure.values().length + Recovery.values().length + 2);
        assertThat(telemetry.recentFailures().newestFirst().toString()).doesNotContain("secret");
    }
}
