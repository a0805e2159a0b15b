package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.telemetry.MonotonicClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a failed entry is tried again. */
class RetryQueueTest {
    private static final class SetClock implements MonotonicClock {
        // Near the end of what a long holds: it wraps while the test runs.
        private long nanos = Long.MAX_VALUE - Duration.ofMillis(100).toNanos();

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void pause(Duration duration) {
            nanos += duration.toNanos();
        }
    }

    private final SetClock clock = new SetClock();
    private final RetryQueue queue = new RetryQueue(clock);

    private static HeldEntry entry(String id) {
        return new HeldEntry(new PendingEntry(0, id, "logs:user_a:1", 0, false), "replica", null);
    }

    private long millisUntilDue() {
        long waited = 0;
        while (queue.poll() == null) {
            clock.pause(Duration.ofMillis(1));
            waited++;
        }
        return waited;
    }

    @Test
    void anEntryWaitsLongerEachTimeItFailsUpToTenSeconds() {
        HeldEntry entry = entry("1");
        long[] expected = {200, 400, 800, 1600, 3200, 6400, 10_000, 10_000};
        for (long millis : expected) {
            assertThat(queue.add(entry)).isTrue();
            assertThat(millisUntilDue()).isEqualTo(millis);
        }
    }

    @Test
    void theDelayStaysTheLongestHoweverOftenItFails() {
        HeldEntry entry = entry("1");
        for (int i = 0; i < 100; i++) {
            queue.add(entry);
            clock.pause(Duration.ofSeconds(10));
            assertThat(queue.poll()).isEqualTo(entry);
        }
    }

    @Test
    void theEntryThatIsDueFirstComesFirst() {
        HeldEntry often = entry("often");
        HeldEntry fresh = entry("fresh");
        queue.add(often);
        clock.pause(Duration.ofMillis(200));
        assertThat(queue.poll()).isEqualTo(often);
        queue.add(often);
        queue.add(fresh);
        clock.pause(Duration.ofSeconds(1));

        assertThat(queue.poll()).isEqualTo(fresh);
        assertThat(queue.poll()).isEqualTo(often);
        assertThat(queue.poll()).isNull();
    }

    @Test
    void anEntryThatEndedStartsAfreshWhenItFailsAgain() {
        HeldEntry entry = entry("1");
        queue.add(entry);
        millisUntilDue();
        queue.add(entry);
        millisUntilDue();
        queue.forget(entry);

        queue.add(entry);

        assertThat(millisUntilDue()).isEqualTo(200);
    }

    @Test
    void aThousandEntriesFitAndKnownOnesAlwaysDo() {
        for (int i = 0; i < 1000; i++) {
            assertThat(queue.add(entry("id" + i))).isTrue();
        }
        clock.pause(Duration.ofSeconds(1));
        HeldEntry known = queue.poll();

        assertThat(queue.add(entry("one too many"))).isFalse();
        assertThat(known).isNotNull();
        assertThat(queue.add(known)).isTrue();

        queue.forget(known);
        assertThat(queue.add(entry("one too many"))).isTrue();
    }
}
