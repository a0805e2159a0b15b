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
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ManualClock;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a replica takes, holds, and ends. */
class IntakeTest {
    private static final int WORKERS = 4;

    /** Of a take, at least; see {@link Intake}. */
    private static final int TOGETHER = 8;

    private static final Claims.Admission ADMITTED = new Claims.Admission("store", "volume");

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    private final ManualClock clock = new ManualClock();
    private FaultyCalls calls;
    private PendingStreams streams;

    @BeforeEach
    void start() {
        redis.server().set("logs:store", ADMITTED.storeId());
        redis.server().set("logs:volume", ADMITTED.volumeId());
        calls = new FaultyCalls(redis.link());
        streams = new PendingStreams(calls, "one", new StreamSet(1));
    }

    private Intake intake(Duration lease) {
        Claims claims = new Claims(calls, lease, lease, 1, 1, 1);
        DayFiles files = new DayFiles(new NioDisk(), logDir, lease, clock, (path, cause) -> null);
        return new Intake(
                streams,
                new NewFiles(claims, () -> ADMITTED, files, new RecordedTelemetry(), clock),
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
        return ((Intake.Next.Drain) intake.next(() -> {})).entry();
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

    private static void awaitEntries(long count) {
        Await.until(count + " entries", () -> entries() == count);
    }

    @Test
    void anEntryIsEndedThoughNobodyAsksForMore() throws Exception {
        enter(2);
        Intake intake = intake(Duration.ofHours(1));

        intake.ended(next(intake));

        awaitEntries(1);
    }

    @Test
    void entriesThatEndWhileACallIsUnansweredGoTogetherAndNobodyWaits() throws Exception {
        enter(TOGETHER);
        Intake intake = intake(Duration.ofHours(1));
        List<PendingEntry> all = next(intake, TOGETHER);
        AtomicInteger ends = counted(Script.ACKNOWLEDGE);
        CompletableFuture<Void> gate = calls.hold(Script.ACKNOWLEDGE);

        all.forEach(intake::ended);
        assertThat(entries()).isEqualTo(TOGETHER);
        gate.complete(null);

        awaitEntries(0);
        assertThat(ends).hasValue(2);
    }

    @Test
    void anEntryIsHandedOutOnceWhileItIsHeldHoweverOftenItsLeaseEnds() throws Exception {
        enter(1);
        Intake intake = intake(Duration.ZERO);
        PendingEntry held = next(intake);
        AtomicInteger reclaims = counted(Script.RECLAIM);
        CompletableFuture<Void> gate = calls.hold(Script.ACKNOWLEDGE);
        assertNothingComes(intake);
        intake.ended(held);
        assertNothingComes(intake);
        gate.complete(null);

        assertThat(reclaims).hasValueGreaterThan(3);
        awaitEntries(0);
    }

    private void assertNothingComes(Intake intake) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofSeconds(1));
            assertThat(intake.next(() -> {})).isInstanceOf(Intake.Next.Wait.class);
        }
    }

    @Test
    void anEntryWhoseEndFailedComesBackByItsLease() throws Exception {
        enter(1);
        Intake intake = intake(Duration.ZERO);
        PendingEntry first = next(intake);
        calls.loseCalls(Script.ACKNOWLEDGE, 1);

        intake.ended(first);

        PendingEntry again = next(intake);
        assertThat(again.name()).isEqualTo(first.name());
        intake.ended(again);
        awaitEntries(0);
    }

    @Test
    void anEndWhoseAnswerNeverComesHoldsUpNoOther() throws Exception {
        enter(2);
        Intake intake = intake(Duration.ofHours(1));
        List<PendingEntry> both = next(intake, 2);
        calls.hold(Script.ACKNOWLEDGE);
        intake.ended(both.get(0));
        intake.ended(both.get(1));
        calls.open(Script.ACKNOWLEDGE);
        assertThat(entries()).isEqualTo(2);

        clock.advance(Duration.ofSeconds(11));
        intake.next(() -> {});

        awaitEntries(1);
    }

    @Test
    void anEntryComesWithTheFileThatWasMadeForItsList() throws Exception {
        redis.server().rpush("logs:user_1:1", "1");
        enter(2);
        Intake intake = intake(Duration.ofHours(1));

        assertThat(((Intake.Next.Drain) intake.next(() -> {})).made())
                .isEqualTo(new NioDisk().stat(logDir.resolve("user_1/1.jsonl")).orElseThrow());
        assertThat(((Intake.Next.Drain) intake.next(() -> {})).made()).isNull();
    }

    @Test
    void aLookThatTookLongMakesNoFile() throws Exception {
        redis.server().rpush("logs:user_1:1", "1");
        enter(1);
        Intake intake = intake(Duration.ofHours(1));
        calls.before(Script.WAITING, () -> clock.advance(Duration.ofSeconds(2)), 1);

        assertThat(((Intake.Next.Drain) intake.next(() -> {})).made()).isNull();
        assertThat(logDir).isEmptyDirectory();
    }

    @Test
    void eachCallOfATurnIsProgress() throws Exception {
        enter(TOGETHER);
        AtomicInteger progress = new AtomicInteger();

        intake(Duration.ofHours(1)).next(progress::incrementAndGet);

        assertThat(progress).hasValue(1 + TOGETHER);
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
        int count = 1201;
        enter(count);
        Intake intake = intake(Duration.ofHours(1));
        List<PendingEntry> all = next(intake, count);
        AtomicInteger ends = counted(Script.ACKNOWLEDGE);
        CompletableFuture<Void> gate = calls.hold(Script.ACKNOWLEDGE);
        all.forEach(intake::ended);
        gate.complete(null);

        awaitEntries(0);
        assertThat(ends).hasValue(3);
    }

    @Test
    void whoStopsEndsWhatIsToBeEndedAndGivesBackWhatNobodyWorksOn() throws Exception {
        Duration lease = Duration.ofHours(1);
        enter(TOGETHER);
        Intake intake = intake(lease);
        List<PendingEntry> some = next(intake, 4);
        calls.hold(Script.ACKNOWLEDGE);
        intake.ended(some.get(0));
        intake.ended(some.get(1));
        calls.open(Script.ACKNOWLEDGE);

        intake.close(List.of(some.get(2)));

        assertThat(entries()).isEqualTo(TOGETHER - 2);
        PendingStreams another = new PendingStreams(redis.link(), "another", new StreamSet(1));
        assertThat(another.read().getFirst().reclaim(lease, TOGETHER))
                .hasSize(TOGETHER - 3)
                .extracting(PendingEntry::name)
                .contains(some.get(2).name())
                .doesNotContain(some.get(3).name());
    }

    @Test
    void aStreamThatDoesNotAnswerKeepsNoOtherFromItsEnds() throws Exception {
        streams = new PendingStreams(calls, "one", new StreamSet(2));
        for (int stream = 0; stream < 2; stream++) {
            redis.server()
                    .xadd(
                            RedisKeys.pending(stream),
                            Map.of("key", "logs:user_" + stream + ":1", "noticed_us", "1"));
        }
        Intake intake = intake(Duration.ofHours(1));
        List<PendingEntry> both = next(intake, 2);
        calls.hold(Script.ACKNOWLEDGE);
        both.forEach(intake::ended);
        calls.open(Script.ACKNOWLEDGE);
        calls.hold(Script.ACKNOWLEDGE, RedisKeys.pending(0))
                .completeExceptionally(new RedisFailure(RedisFailure.Kind.TIMED_OUT, "silent"));

        assertThatThrownBy(() -> intake.close(List.of())).isInstanceOf(RedisFailure.class);

        assertThat(redis.server().xlen(RedisKeys.pending(0))).isEqualTo(1);
        assertThat(redis.server().xlen(RedisKeys.pending(1))).isZero();
    }
}
