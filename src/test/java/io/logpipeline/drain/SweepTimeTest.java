package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.ManualClock;
import io.logpipeline.testing.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator is told of how long the sweep takes. */
class SweepTimeTest {
    private static final Duration PERIOD = Duration.ofMinutes(5);

    private final ManualClock clock = new ManualClock();
    private ConnectedRedis redis;
    private FaultyCalls calls;
    private Sweeper sweeper;

    @BeforeEach
    void connect() {
        redis = ConnectedRedis.to(TestRedis.emptyUrl());
        calls = new FaultyCalls(redis.link());
        sweeper =
                new Sweeper(
                        new ListScan(calls, "logs:user_*:*", Duration.ofMinutes(10)),
                        new PendingStreams(calls, "one", new StreamSet(1)),
                        new Leases(calls),
                        new RecordedTelemetry(),
                        new Watchdog(clock::nanoTime),
                        clock,
                        "one",
                        PERIOD);
    }

    @AfterEach
    void disconnect() {
        redis.close();
    }

    @Test
    void itIsThatOfTheLastSweepOrThePresentOneWhenThatIsLonger() throws Exception {
        redis.server().rpush("logs:user_a:1", "1");
        List<Duration> during = new ArrayList<>();
        calls.before(Script.RETIRE, () -> during.add(sweeper.sweepTime()), 1);
        calls.before(Script.TEND, () -> clock.advance(Duration.ofSeconds(3)), 1);
        sweeper.turn();
        assertThat(sweeper.sweepTime()).isEqualTo(Duration.ofSeconds(3));
        assertThat(during).containsExactly(Duration.ofSeconds(3));

        calls.before(
                Script.ENTRIES,
                () -> {
                    clock.advance(Duration.ofSeconds(2));
                    during.add(sweeper.sweepTime());
                    clock.advance(Duration.ofSeconds(2));
                    during.add(sweeper.sweepTime());
                },
                1);
        sweeper.turn();
        assertThat(during.subList(1, 3))
                .containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(4));

        sweeper.turn();
        assertThat(sweeper.sweepTime()).isZero();
    }

    @Test
    void aSweepThatFailsHalfWayIsNotOverBeforeItWentOn() throws Exception {
        calls.loseCalls(Script.ENTRIES, 2);
        sweeper.turn();
        clock.advance(Duration.ofSeconds(30));
        sweeper.turn();
        clock.advance(Duration.ofSeconds(30));

        sweeper.turn();

        assertThat(sweeper.sweepTime()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aSweepThatFailedIsTriedAgainSoonHoweverLongThePeriod() throws Exception {
        assertThat(PERIOD.dividedBy(4)).isGreaterThan(Duration.ofSeconds(5));
        calls.loseCalls(Script.LEASE, 1);
        assertThat(sweeper.turn()).isEqualTo(Duration.ofSeconds(5));
        assertThat(sweeper.leads()).isFalse();

        assertThat(sweeper.turn()).isEqualTo(PERIOD);
        assertThat(sweeper.leads()).isTrue();
    }

    @Test
    void itIsZeroWhenAnotherProcessSweepsAndBeginsAnewAfterwards() throws Exception {
        calls.before(Script.ENTRIES, () -> clock.advance(Duration.ofSeconds(7)), 1);
        sweeper.turn();
        calls.loseCalls(Script.ENTRIES, 1);
        sweeper.turn();

        redis.server().set("logs:sweeper", "another");
        sweeper.turn();
        assertThat(sweeper.sweepTime()).isZero();

        clock.advance(Duration.ofHours(1));
        redis.server().del("logs:sweeper");
        sweeper.turn();
        assertThat(sweeper.sweepTime()).isZero();
    }
}
