package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.CommitOutcome;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Script;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A list of three chunks: what comes next is read while a chunk is written. */
class ReadAheadTest extends LongListTests {
    @Test
    void aListIsClaimedOnceHoweverManyChunksItHas() throws Exception {
        assertThat(drain(pushedAll())).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
        assertThat(claims()).isEqualTo(1);
    }

    @Test
    void whatCouldNotBeReadAheadIsClaimed() throws Exception {
        PendingEntry entry = pushedAll();
        beforeReadAhead(() -> calls.loseCalls(Script.READ, 1));

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
        assertThat(claims()).isEqualTo(2);
    }

    @Test
    void whatWasReadAheadOfAChunkThatAnotherOneSettledIsNotTaken() throws Exception {
        PendingEntry entry = pushedAll();
        before(Script.COMMIT, () -> anotherOneSettlesItsChunk(entry, Files.size(file)));

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(telemetry.repairs(LIST)).containsExactly(Recovery.STALE_COMMIT);
        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
        assertThat(claims()).isEqualTo(3);
    }

    /** It takes over the lock, which was over. */
    private void anotherOneSettlesItsChunk(PendingEntry entry, long position)
            throws RedisFailure, InterruptedException {
        redis.server().del(LOCK);
        var claimed = (ClaimOutcome.Claimed) claims.claim(entry, "another", 0, keeper.admission());
        assertThat(claims.commit(entry, "another", claimed, position))
                .isEqualTo(new CommitOutcome.More());
        redis.server().del(LOCK);
    }

    @Test
    void whoLostTheLockDoesNotGoOn() throws Exception {
        PendingEntry entry = pushedAll();
        before(Script.COMMIT, () -> redis.server().set(LOCK, "another/9-9"));

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertOneChunkWasAllThoughItWouldHaveGoneOn();
    }

    private void assertOneChunkWasAllThoughItWouldHaveGoneOn() throws IOException {
        assertThat(calls.commitsToGoOn()).isEqualTo(1);
        assertThat(lines()).isEqualTo(firstAnd(EVENTS.subList(0, CHUNK)));
        assertThat(redis.server().hexists(LEDGER, "batch_id")).isFalse();
    }

    @Test
    void whoseVolumeIsNotTheOneOfNowDoesNotGoOn() throws Exception {
        PendingEntry entry = pushedAll();
        before(Script.COMMIT, () -> redis.server().set("logs:volume", "another"));

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);

        assertOneChunkWasAllThoughItWouldHaveGoneOn();
    }

    /** The second claim is refused, the third one is made when the new store is noted. */
    @Test
    void whoPreparedForAnotherStoreDoesNotGoOn() throws Exception {
        PendingEntry entry = pushedAll();
        before(Script.COMMIT, () -> redis.server().set("logs:store", "another"));

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
        assertThat(claims()).isEqualTo(3);
    }

    /** What stands behind its chunk may be of the next one: only a claim knows what to do. */
    @Test
    void aFileThatGoesOnBehindItsChunkIsClaimedFor() throws Exception {
        PendingEntry entry = pushedAll();
        List<CompletableFuture<Void>> reads = new CopyOnWriteArrayList<>();
        beforeReadAhead(() -> reads.add(calls.hold(Script.READ)));
        Thread another =
                Thread.ofPlatform()
                        .start(() -> {
                            Await.until("a chunk is written", () -> isWritten(CHUNK));
                            append("of others\n");
                            calls.open(Script.READ);
                            reads.getFirst().complete(null);
                        });

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        another.join();
        List<String> expected = firstAnd(EVENTS);
        expected.add(1 + CHUNK, "of others");
        assertThat(lines()).isEqualTo(expected);
        // One by what room there was, and one that waited for all of it.
        assertThat(claims()).isEqualTo(3);
    }

    private boolean isWritten(int events) {
        try {
            return lines().size() == 1 + events;
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private void append(String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** What another one settled, and is in a file that was moved away, is not written again. */
    @Test
    void aChunkIsNotAppendedToAnotherFileThanTheOneThatItsCommitSaw() throws Exception {
        PendingEntry entry = pushedAll();
        Path away = file.resolveSibling("moved away");
        String others = "of others\n".repeat(1000);
        before(
                Script.RENEW,
                () -> {
                    Files.move(file, away);
                    Files.writeString(file, others);
                    anotherOneSettlesItsChunk(entry, others.length());
                });

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(Files.readAllLines(away)).isEqualTo(firstAnd(EVENTS.subList(0, CHUNK)));
        assertThat(lines().subList(1000, lines().size()))
                .isEqualTo(EVENTS.subList(2 * CHUNK, EVENTS.size()));
        // By one that it went on with, and by that which it then made.
        assertThat(calls.commitsToGoOn()).isEqualTo(1);
        assertThat(claims()).isEqualTo(3);
    }

    @Test
    void aCommitThatWentOnAndOfWhichNobodyHeardIsGoneOnWith() throws Exception {
        PendingEntry entry = pushedAll();
        calls.loseReplies(Script.COMMIT, 1);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);
        assertThat(redis.server().hexists(LEDGER, "batch_id")).isTrue();
        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
    }

    @Test
    void whatACommitWentOnWithIsClaimedByTheNextTryToo() throws Exception {
        PendingEntry entry = pushedAll();
        calls.loseCalls(Script.RENEW, 1);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);
        assertThat(lines()).isEqualTo(firstAnd(EVENTS.subList(0, CHUNK)));
        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
    }

    @Test
    void whoStopsDoesNotGoOn() throws Exception {
        PendingEntry entry = pushedAll();
        before(Script.READ, () -> stopping = true);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);

        assertThat(calls.commitsToGoOn()).isZero();
        assertThat(lines()).isEqualTo(firstAnd(EVENTS.subList(0, CHUNK)));
        assertThat(redis.server().exists(LOCK)).isZero();
    }

    @Test
    void anElementThatIsTooLargeIsToldOfThoughItIsNotTheFirst() throws Exception {
        String[] events = EVENTS.toArray(String[]::new);
        events[CHUNK] = "x".repeat(claims.elementBytesMax() + 1);

        assertThat(drain(pushed(events))).isEqualTo(KeyDrain.Outcome.RETRY);

        assertThat(lines()).isEqualTo(firstAnd(EVENTS.subList(0, CHUNK)));
        assertThat(telemetry.failures(LIST))
                .extracting(RecordedTelemetry.Failure::reason)
                .containsExactly(DrainFailure.TOO_LARGE);
    }
}
