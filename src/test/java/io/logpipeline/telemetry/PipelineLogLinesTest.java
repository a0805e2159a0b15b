package io.logpipeline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PipelineLogLinesTest {
    private static final String KEY = "logs:user_123:19818";

    private final AtomicLong nanos = new AtomicLong();
    private final PipelineTelemetry telemetry =
            new PipelineTelemetry(
                    ProcessMeters.registry(), new PipelineState("all", "1.2.3"), nanos::get);
    private final CapturedLog log = new CapturedLog();

    @AfterEach
    void stopCapturing() {
        log.close();
    }

    private void advanceSeconds(long seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void aFailureIsOneLineWithItsReasonKeyAndDetails() {
        telemetry.drainFailed(DrainFailure.DISK_FULL, KEY, "No space left on device");
        assertThat(log.lines())
                .containsExactly(
                        "SEVERE The disk of the log directory is full reason=disk_full key="
                                + KEY
                                + " details=\"No space left on device\"");
    }

    @Test
    void repeatedFailuresAreCountedAndSummarisedEvery30Seconds() {
        for (int i = 0; i < 1_000; i++) {
            telemetry.drainFailed(DrainFailure.IO, KEY, "first");
        }
        advanceSeconds(29);
        telemetry.drainFailed(DrainFailure.IO, KEY, "early");
        assertThat(log.lines()).hasSize(1);

        advanceSeconds(1);
        telemetry.drainFailed(DrainFailure.IO, KEY, "late");
        telemetry.drainFailed(DrainFailure.IO, KEY, "late");
        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().get(1)).endsWith("details=late not_logged=1000");
    }

    @Test
    void eachReasonIsCountedByItself() {
        for (DrainFailure reason : DrainFailure.values()) {
            telemetry.drainFailed(reason, KEY, "x");
            telemetry.drainFailed(reason, KEY, "x");
        }
        assertThat(log.lines()).hasSize(DrainFailure.values().length);
    }

    @Test
    void theEndOfAFailureIsSaidOnceItHasStayedAwayForAWhile() {
        telemetry.drainFailed(DrainFailure.REDIS, KEY, "x");
        telemetry.drainFailed(DrainFailure.REDIS, KEY, "x");
        advanceSeconds(29);
        telemetry.eventsCommitted(1, 10);
        assertThat(log.lines()).hasSize(1);

        advanceSeconds(3);
        telemetry.eventsCommitted(1, 10);
        telemetry.eventsCommitted(1, 10);
        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().get(1))
                .isEqualTo(
                        "INFO Drains of this kind fail no more reason=redis count=2"
                                + " quiet_seconds=32 not_logged=1");
    }

    @Test
    void aFailureAfterItsEndIsSaidAtOnceAgain() {
        telemetry.drainFailed(DrainFailure.REDIS, KEY, "x");
        advanceSeconds(31);
        telemetry.eventsCommitted(1, 10);
        telemetry.drainFailed(DrainFailure.REDIS, KEY, "again");
        assertThat(log.lines()).hasSize(3);
        assertThat(log.lines().get(2)).endsWith("details=again");
    }

    @Test
    void oneKeyThatFailsAmongManyThatSucceedDoesNotFloodTheLog() {
        for (int second = 0; second < 300; second++) {
            telemetry.drainFailed(DrainFailure.PERMISSION, KEY, "x");
            telemetry.eventsCommitted(1, 10);
            advanceSeconds(1);
        }
        assertThat(log.lines()).hasSize(10);
    }

    @Test
    void storeFailuresAndOverloadAreSummarisedToo() {
        for (int i = 0; i < 1_000; i++) {
            telemetry.requestAnswered(RequestOutcome.STORE_FAILED);
            telemetry.requestAnswered(RequestOutcome.OVERLOADED);
        }
        assertThat(log.lines())
                .containsExactly(
                        "WARNING Redis did not store a request outcome=store_failed",
                        "WARNING Overloaded, a request was turned away" + " outcome=overloaded");
        advanceSeconds(30);
        telemetry.requestAnswered(RequestOutcome.ACCEPTED);
        assertThat(log.lines())
                .contains(
                        "INFO Requests are stored again outcome=store_failed count=1000"
                                + " quiet_seconds=30 not_logged=999");
    }

    @Test
    void anAcceptedRequestIsNoLine() {
        telemetry.requestAnswered(RequestOutcome.ACCEPTED);
        telemetry.eventsAccepted(1, 10);
        telemetry.pushTook(Duration.ofMillis(1));
        telemetry.eventsCommitted(1, 10);
        telemetry.synced(Duration.ofMillis(1));
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aDrainedKeyIsADebugLine() {
        telemetry.keyDrained(KEY, 15, 1_500, Duration.ofMillis(40));
        assertThat(log.lines())
                .containsExactly(
                        "FINE Drained a key key=" + KEY + " events=15 bytes=1500 took_ms=40");
    }

    @Test
    void recoveriesAndExpiredKeysAreNamedUpToABurst() {
        for (int i = 0; i < 100; i++) {
            telemetry.recovered(Recovery.ROLLED_BACK, "logs:user_" + i + ":1", "x");
            telemetry.keyExpired("logs:user_" + i + ":1");
        }
        assertThat(log.lines()).hasSize(40);
        advanceSeconds(30);
        telemetry.keyExpired("logs:user_100:1");
        assertThat(log.lines().getLast())
                .isEqualTo(
                        "SEVERE A list expired before it was drained: its events are lost"
                                + " key=logs:user_100:1 not_logged=80");
    }

    @Test
    void anUnrecognizedNameIsWarnedOfOnce() {
        telemetry.keyUnrecognized("logs:user_../../x:1");
        telemetry.keyUnrecognized("logs:user_../../x:1");
        assertThat(log.lines())
                .containsExactly(
                        "WARNING A key matches the pattern but is not one of ours: left alone"
                                + " key=logs:user_../../x:1");
    }

    @Test
    void unrecognizedNamesWithoutEndAreWarnedOfUpToABound() {
        for (int sweep = 0; sweep < 3; sweep++) {
            IntStream.range(0, 1_500).forEach(i -> telemetry.keyUnrecognized("logs:user_:" + i));
        }
        assertThat(log.lines()).hasSize(1_001);
        assertThat(log.lines().getLast()).contains("no more of their names");
    }

    @Test
    void anUnrecognizedNameOfAnyLengthIsCutShort() {
        telemetry.keyUnrecognized("logs:user_" + "x".repeat(10_000));
        assertThat(log.lines()).hasSize(1);
        assertThat(log.lines().getFirst()).endsWith("xxx…").hasSizeLessThan(400);
    }

    @Test
    void aSweepThatFoundSomethingSaysSo() {
        telemetry.keysSwept(0);
        telemetry.keysSwept(3);
        assertThat(log.lines())
                .containsExactly("INFO The sweep found lists that nobody had an entry for keys=3");
    }
}
