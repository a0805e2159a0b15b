package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Starts where a monotonic clock may well be: just before its overflow. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final Watchdog watchdog = new Watchdog(nanos::get);

    private void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Test
    void nothingRegisteredIsNothingStalled() {
        advance(Duration.ofDays(1));
        assertThat(watchdog.stalled(LIMIT)).isEmpty();
    }

    @Test
    void aLoopMayBeSilentUpToTheLimit() {
        watchdog.loop("sweeper");
        advance(LIMIT);
        assertThat(watchdog.stalled(LIMIT)).isEmpty();
        advance(Duration.ofNanos(1));
        assertThat(watchdog.stalled(LIMIT)).contains("sweeper made no progress for 10 s");
    }

    @Test
    void aBeatStartsTheTimeAnew() {
        Watchdog.Heartbeat heartbeat = watchdog.loop("sweeper");
        advance(LIMIT);
        heartbeat.beat();
        advance(LIMIT);
        assertThat(watchdog.stalled(LIMIT)).isEmpty();
    }

    @Test
    void anEndedLoopIsWatchedNoLonger() {
        Watchdog.Heartbeat heartbeat = watchdog.loop("sweeper");
        heartbeat.close();
        heartbeat.close();
        heartbeat.beat();
        advance(LIMIT.plusSeconds(1));
        assertThat(watchdog.stalled(LIMIT)).isEmpty();
    }

    @Test
    void theLongestSilentLoopIsNamedAndTheOthersAreCounted() {
        watchdog.loop("drain-0");
        advance(Duration.ofSeconds(5));
        watchdog.loop("drain-1");
        watchdog.loop("drain-1");
        advance(LIMIT.plusSeconds(1));
        watchdog.loop("drain-2");
        assertThat(watchdog.stalled(LIMIT))
                .contains("drain-0 made no progress for 16 s, and 2 more");
    }
}
