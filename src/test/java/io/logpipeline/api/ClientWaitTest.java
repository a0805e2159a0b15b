package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a connection's thread is interrupted, and when it is not. */
class ClientWaitTest {
    private static final Duration LIMIT = Duration.ofHours(1);

    private final ClientWait wait = new ClientWait(Thread.currentThread(), LIMIT);

    @AfterEach
    void beInterruptedNoMore() {
        var unused = Thread.interrupted();
    }

    private boolean isCutAfter(Duration time) {
        wait.cutIfOver(System.nanoTime() + time.toNanos());
        return Thread.currentThread().isInterrupted();
    }

    @Test
    void aClientMayTakeUpToTheLimitToSendItsRequest() {
        wait.reads(false);

        assertThat(isCutAfter(LIMIT.minusMinutes(1))).isFalse();
        assertThat(isCutAfter(LIMIT.plusMinutes(1))).isTrue();
    }

    @Test
    void aClientMayTakeUpToTheLimitToTakeItsAnswerIn() {
        wait.writes();

        assertThat(isCutAfter(LIMIT.minusMinutes(1))).isFalse();
        assertThat(isCutAfter(LIMIT.plusMinutes(1))).isTrue();
    }

    @Test
    void whoeverWorksForAClientIsNotInterruptedHoweverLongItTakes() {
        wait.reads(false);
        wait.hasRead();

        assertThat(isCutAfter(LIMIT.multipliedBy(2))).isFalse();
    }

    @Test
    void aClientBetweenTwoRequestsHasNoLimitHere() {
        wait.reads(true);

        assertThat(isCutAfter(LIMIT.multipliedBy(2))).isFalse();
    }

    @Test
    void aClientBetweenTwoRequestsCanBeCutAndOneThatIsServedCanNot() {
        wait.reads(true);
        wait.hasRead();
        wait.cutIfIdle();
        assertThat(Thread.currentThread().isInterrupted()).as("at work").isFalse();
        wait.reads(true);
        wait.cutIfIdle();
        assertThat(Thread.currentThread().isInterrupted()).as("amid a request").isFalse();
        wait.hasRead();
        wait.writes();
        wait.cutIfIdle();
        assertThat(Thread.currentThread().isInterrupted()).as("amid an answer").isFalse();
        wait.hasWritten();
        wait.reads(true);
        wait.cutIfIdle();
        assertThat(Thread.currentThread().isInterrupted()).as("idle").isTrue();
        assertThatThrownBy(wait::hasRead).isInstanceOf(CloseConnectionException.class);
    }

    @Test
    void aByteNowAndThenDoesNotStartTheTimeAnew() {
        wait.reads(true);
        wait.hasRead();
        wait.reads(true);

        assertThat(isCutAfter(LIMIT.plusMinutes(1))).isTrue();
    }

    @Test
    void aConnectionThatWasCutDoesNothingMore() {
        wait.reads(false);
        assertThat(isCutAfter(LIMIT.plusMinutes(1))).isTrue();

        assertThatThrownBy(wait::hasRead).isInstanceOf(CloseConnectionException.class);
        assertThatThrownBy(wait::writes).isInstanceOf(CloseConnectionException.class);
    }
}
