package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.Leases;
import io.logpipeline.telemetry.LockKind;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.SharedRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who sweeps. */
class SweepLeaderTest {
    private static final String LIST = "logs:user_a:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @RegisterExtension private final StartedSweepers sweepers = new StartedSweepers(redis);

    @Test
    void ofTwoSweepersOneLeadsAndTheOtherTakesOverWhenItResigns() throws Exception {
        // Longer than a busy machine holds up a thread: the lock outlives the period by a quarter.
        Duration period = Duration.ofSeconds(4);
        Sweeper one = sweepers.start("one", sweepers.telemetry, period);
        Await.until("one leads", one::leads);
        RecordedTelemetry other = new RecordedTelemetry();
        Sweeper two = sweepers.start("two", other, period);
        Await.until("two was refused", () -> other.busy.contains(LockKind.SWEEPER));
        assertThat(one.leads()).isTrue();
        assertThat(two.leads()).isFalse();
        assertThat(other.sweeps).hasValue(0);

        one.stop();

        Await.until("two leads", two::leads);
        Await.until("two sweeps", () -> other.sweeps.get() > 0);
    }

    @Test
    void aSweeperResignsWhenItStops() throws Exception {
        Sweeper one = sweepers.start("one", sweepers.telemetry, Duration.ofSeconds(4));
        Await.until("one leads", one::leads);
        assertThat(redis.server().get("logs:sweeper")).isEqualTo("one");

        one.stop();

        assertThat(redis.server().exists("logs:sweeper")).isZero();
    }

    @Test
    void theLeaseOfALeaderThatIsGoneEnds() throws Exception {
        assertThat(new Leases(redis.link()).leadSweep("gone", Duration.ofMinutes(5))).isTrue();
        assertThat(redis.server().pttl("logs:sweeper")).isPositive();
        redis.server().rpush(LIST, "1");
        Sweeper two = sweepers.start("two");
        Await.until("two was refused", () -> sweepers.telemetry.busy.contains(LockKind.SWEEPER));
        assertThat(two.leads()).isFalse();

        redis.server().pexpire("logs:sweeper", 1);

        Await.until("two leads", two::leads);
        sweepers.awaitWhole();

        assertThat(sweepers.entries()).containsExactly(LIST);
    }
}
