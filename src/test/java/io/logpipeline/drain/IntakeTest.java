package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.file.DayFiles;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.testing.ManualClock;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a replica takes, holds, and ends. */
class IntakeTest {
    private static final int WORKERS = 4;

    /** Of a take, see {@link Intake}. */
    private static final int TOGETHER = 8;

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private final ManualClock clock = new ManualClock();
    private FaultyCalls calls;
    private PendingStreams streams;

    @BeforeEach
    void start() {
        calls = new FaultyCalls(redis.link());
        streams = new PendingStreams(calls, "one", new StreamSet(1));
    }

    private Intake intake(Duration lease) {
        Claims claims = new Claims(calls, lease, lease, 1, 1);
        DayFiles files = new DayFiles(new NioDisk(), logDir, lease, clock, (path, cause) -> null);
        return new Intake(
                streams,
                new NewFiles(claims, files, new RecordedTelemetry()),
                clock,
                Duration.ZERO,
                lease,
                "one",
                WORKERS);
    }

    private static void enter(int count) {
        for (int i = 1; i <= count; i++) {
            redis.server()
                    .xadd(
                            RedisKeys.PENDING,
                            Map.of("key", "logs:user_" + i + ":1", "noticed_us", "1"));
        }
    }

    private static long entries() {
        return redis.server().xlen(RedisKeys.PENDING);
    }

    private static PendingEntry next(Intake intake) throws InterruptedException {
        return ((Intake.Next.Drain) intake.next()).entry();
    }

    private static List<PendingEntry> next(Intake intake, int count) throws InterruptedException {
        List<PendingEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(next(intake));
        }
        return entries;
    }

    private AtomicInteger counted(Script script) {
        AtomicInteger count = new AtomicInteger();
        countNext(script, count);
        return count;
    }

    private void countNext(Script script, AtomicInteger count) {
        Runnable step =
                () -> {
                    count.incrementAndGet();
                    countNext(script, count);
                };
        calls.before(script, step, 1);
    }

    @Test
    void entriesAreEndedTogetherOnTheWayToTheNextOnes() throws Exception {
        enter(2 * TOGETHER);
        Intake intake = intake(Duration.ofHours(1));
        AtomicInteger ends = counted(Script.ACKNOWLEDGE);

        for (int i = 0; i < TOGETHER; i++) {
            intake.ended(next(intake));
        }
        next(intake);

        assertThat(ends).hasValueBetween(1, TOGETHER / 2);
        assertThat(entries()).isBetween((long) TOGETHER, 2L * TOGETHER - 1);
    }

    @Test
    void theLastOnesAreEndedThoughNothingIsDue() throws Exception {
        enter(2);
        Intake intake = intake(Duration.ofHours(1));
        List<PendingEntry> both = next(intake, 2);
        while (!(intake.next() instanceof Intake.Next.Wait wait && !wait.duration().isZero())) {
            assertThat(entries()).isEqualTo(2);
        }

        both.forEach(intake::ended);
        assertThat(intake.next()).isInstanceOf(Intake.Next.Wait.class);

        assertThat(entries()).isZero();
    }

    @Test
    void anEndThatFailedIsTriedAgainAfterAPause() throws Exception {
        enter(1);
        Intake intake = intake(Duration.ofHours(1));
        intake.ended(next(intake));
        AtomicInteger ends = counted(Script.ACKNOWLEDGE);
        calls.loseCalls(Script.ACKNOWLEDGE, 1);

        for (int i = 0; i < 3; i++) {
            assertThat(intake.next()).isInstanceOf(Intake.Next.Wait.class);
        }
        assertThat(ends).hasValue(1);
        assertThat(entries()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        intake.next();

        assertThat(ends).hasValue(2);
        assertThat(entries()).isZero();
    }

    @Test
    void anEntryIsHandedOutOnceWhileItIsHeldHoweverOftenItsLeaseEnds() throws Exception {
        enter(1);
        Intake intake = intake(Duration.ZERO);
        PendingEntry held = next(intake);
        AtomicInteger reclaims = counted(Script.RECLAIM);
        for (int i = 0; i < 3; i++) {
            assertThat(intake.next()).isInstanceOf(Intake.Next.Wait.class);
        }
        calls.loseCalls(Script.ACKNOWLEDGE, 1);
        intake.ended(held);
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofSeconds(1));
            assertThat(intake.next()).isInstanceOf(Intake.Next.Wait.class);
        }

        assertThat(reclaims).hasValueGreaterThan(3);
        assertThat(entries()).isZero();
    }

    @Test
    void anEntryThatWasLetGoComesBackByItsLease() throws Exception {
        enter(1);
        Intake intake = intake(Duration.ZERO);
        PendingEntry first = next(intake);

        intake.letGo(first);

        PendingEntry again = next(intake);
        assertThat(again.name()).isEqualTo(first.name());
        assertThat(again.reclaimed()).isTrue();
    }

    @Test
    void aCallEndsAThousandAtMost() throws Exception {
        int count = 1200;
        enter(count);
        Intake intake = intake(Duration.ofHours(1));
        List<PendingEntry> all = next(intake, count);
        all.forEach(intake::ended);
        AtomicInteger ends = counted(Script.ACKNOWLEDGE);

        intake.next();
        assertThat(entries()).isEqualTo(count - 1000);
        intake.next();

        assertThat(entries()).isZero();
        assertThat(ends).hasValue(2);
    }

    @Test
    void whoStopsEndsWhatIsToBeEndedAndGivesBackWhatNobodyWorksOn() throws Exception {
        Duration lease = Duration.ofHours(1);
        enter(TOGETHER);
        Intake intake = intake(lease);
        intake.ended(next(intake));
        PendingEntry inHand = next(intake);

        intake.close();

        assertThat(entries()).isEqualTo(TOGETHER - 1);
        PendingStreams another = new PendingStreams(redis.link(), "another", new StreamSet(1));
        assertThat(another.read().getFirst().reclaim(lease, TOGETHER))
                .hasSize(TOGETHER - 2)
                .extracting(PendingEntry::name)
                .doesNotContain(inHand.name());
    }

    @Test
    void whoCannotReachRedisWhenItStopsSaysSo() throws Exception {
        enter(1);
        Intake intake = intake(Duration.ofHours(1));
        intake.ended(next(intake));
        calls.loseCalls(Script.ACKNOWLEDGE, 1);

        assertThatThrownBy(intake::close).isInstanceOf(RedisFailure.class);
    }
}
