package io.logpipeline.page;

import static io.logpipeline.page.Verdict.Grade.FAILING;
import static io.logpipeline.page.Verdict.Grade.HEALTHY;
import static io.logpipeline.page.Verdict.Grade.STARTING;
import static io.logpipeline.page.Verdict.Grade.WORRYING;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.Replicas;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.RequestOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private final Process process = new Process();
    private Optional<Replicas.Group> group = Optional.empty();

    private void assertVerdict(Verdict.Grade grade, String... reasons) {
        Verdict verdict = Verdict.of(process.subject(), group);
        assertThat(verdict.grade()).isEqualTo(grade);
        assertThat(verdict.reasons()).hasSize(reasons.length);
        for (int i = 0; i < reasons.length; i++) {
            assertThat(verdict.reasons().get(i)).contains(reasons[i]);
        }
    }

    private void drainers(Replicas.Member... members) {
        group =
                Optional.of(
                        new Replicas.Group(
                                Optional.empty(), 1, 0, members.length, List.of(members)));
    }

    private static Replicas.Member drainer(long held, int idleSeconds) {
        return new Replicas.Member("a-1-00000000", held, Duration.ofSeconds(idleSeconds));
    }

    private void lag(int seconds) {
        process.state.pending(3, Duration.ofSeconds(seconds));
    }

    @Test
    void allIsWellWhenListsWaitNoLongerThanTheyGather() {
        lag(61);
        drainers(drainer(1, 0));
        assertVerdict(HEALTHY, "on time");
    }

    @Test
    void aLagIsWorryingFirstAndThenAFailure() {
        lag(131);
        assertVerdict(WORRYING, "longer than usual");
        lag(301);
        assertVerdict(FAILING, "over half its life");
    }

    @Test
    void withoutRedisNothingElseIsSaidOfThePipeline() {
        lag(500);
        drainers();
        process.state.redisUp(false);
        process.failures.requestAnswered(RequestOutcome.STORE_FAILED);
        process.failures.drainFailed(DrainFailure.REDIS);
        assertVerdict(FAILING, "Redis does not answer");
        process.failures.drainFailed(DrainFailure.DISK_FULL);
        assertVerdict(FAILING, "Redis does not answer", "Drains failed");
    }

    @Test
    void aProcessThatHasNotMetRedisYetIsStarting() {
        Process fresh = new Process();
        PipelineState before = new PipelineState("all", "1");
        Subject whole = fresh.subject();
        Subject subject =
                new Subject(
                        before,
                        whole.figures(),
                        whole.failures(),
                        whole.watchdog(),
                        whole.clock(),
                        whole.traits());
        Verdict verdict = Verdict.of(subject, Optional.empty());
        assertThat(verdict.grade()).isEqualTo(STARTING);
        assertThat(verdict.reasons()).hasSize(2);
    }

    @Test
    void aLogDirectoryIsOfNoConcernWhereNothingIsDrained() {
        process.state.logDirProblem("the log directory can't be written: /secret/path");
        assertVerdict(FAILING, "The log directory can't be used");
        assertThat(Verdict.of(process.subject(false), group).grade()).isEqualTo(HEALTHY);
        assertThat(Verdict.of(process.subject(), group).toString()).doesNotContain("secret");
    }

    @Test
    void aDrainerThatWentAwayWithListsIsNamedUntilOthersHaveThem() {
        drainers(drainer(2, 31), drainer(0, 4_000), drainer(1, 5));
        assertVerdict(WORRYING, "went away");
        drainers(drainer(0, 40), drainer(3, 5));
        assertVerdict(HEALTHY, "on time");
    }

    @Test
    void listsThatWaitWithoutASignOfAnyDrainerAreAFailure() {
        lag(91);
        drainers(drainer(0, 31));
        assertVerdict(FAILING, "no drainer gives a sign of life");
        drainers();
        assertVerdict(FAILING, "no drainer gives a sign of life");
        lag(89);
        assertVerdict(HEALTHY, "on time");
    }

    @Test
    void whatFailedWithinTheLastMinuteCounts() {
        process.failures.redisAway();
        assertVerdict(HEALTHY, "on time");
        process.failures.drainFailed(DrainFailure.LOCK_TIMEOUT);
        assertVerdict(WORRYING, "Drains failed");
        process.failures.drainFailed(DrainFailure.DISK_FULL);
        assertVerdict(FAILING, "Drains failed");
        process.failures.requestAnswered(RequestOutcome.OVERLOADED);
        assertVerdict(FAILING, "Drains failed", "turned away");
        process.advance(Duration.ofSeconds(61));
        assertVerdict(HEALTHY, "on time");
    }

    @Test
    void lostEventsCountForMinutes() {
        process.failures.keyExpired();
        process.advance(Duration.ofMinutes(5));
        assertVerdict(FAILING, "Events were lost");
        process.advance(Duration.ofNanos(1));
        assertVerdict(HEALTHY, "on time");
    }

    @Test
    void aLoopThatStandsStillIsAFailure() {
        try (var unused = process.watchdog.loop("drain-worker-1")) {
            process.advance(Duration.ofSeconds(61));
            assertVerdict(FAILING, "stands still");
        }
    }
}
