package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.Script;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of one entry, step by step on the test's own thread. */
class KeyDrainTest extends KeyDrainTests {
    @Test
    void anEntryEndsWithItsListInTheFile() throws Exception {
        assertThat(drain(pushed("1", "2"))).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(file).hasContent("1\n2\n");
        assertThat(redis.server().exists(LIST, LOCK)).isZero();
    }

    @Test
    void eventsAreReadOnceThoughTheFileIsMadeBetweenTwoClaims() throws Exception {
        assertThat(drain(pushed("1", "2", "3"))).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(file).hasContent("1\n2\n3\n");
        assertThat(calls.bytesAskedFor()).containsExactly(0, 100_000);
    }

    /** Its lease went by; what it then reads is the next batch, and somebody else's. */
    @Test
    void aListWhoseBatchIsSettledByAnotherOneWhileItIsReadIsTriedAgain() throws Exception {
        PendingEntry entry = pushed(Collections.nCopies(100, "1").toArray(String[]::new));
        calls.beforeBatchesAreRead(() -> {
            redis.server().del("{logs:user_a:1}:batch");
            redis.server().rpush("{logs:user_a:1}:batch", "2");
            redis.server().hset(LEDGER, "batch_id", "another");
        });

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);

        assertThat(file).isEmptyFile();
        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);
        assertThat(file).hasContent("2\n");
    }

    @Test
    void aListThatCouldNotBeWrittenKeepsItsEntryAndIsFreeForTheNextTry() throws Exception {
        Path obstacle = Files.createFile(logDir.resolve("user_a"));
        PendingEntry entry = pushed("1");

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);

        assertThat(redis.server().exists(LOCK)).isZero();
        Files.delete(obstacle);
        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);
        assertThat(file).hasContent("1\n");
    }

    @Test
    void theLastChunkKeepsItsRoomUntilItsCommitIsAnswered() throws Exception {
        CompletableFuture<Void> commit = calls.hold(Script.COMMIT);

        var drained = keyDrain.drain(new HeldEntry(pushed("1", "2"), "replica", null));

        assertThat(file).hasContent("1\n2\n");
        assertThat(memory.freeBytes()).isEqualTo(MEMORY_BYTES - 2 - 2 * 64);
        commit.complete(null);
        assertThat(claims.await(drained)).isEqualTo(KeyDrain.Outcome.ENDED);
        Await.until("its room is free", () -> memory.freeBytes() == MEMORY_BYTES);
    }

    @Test
    void aFaultOfOursIsAnOutcomeLikeOthers() throws Exception {
        calls.before(
                Script.CLAIM,
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                1);

        assertFaultIsRetried();
    }

    @Test
    void soIsOneWhereTheLastCommitIsAnswered() throws Exception {
        landed =
                (userDay, elements) -> {
                    throw new IllegalStateException("on purpose");
                };

        assertFaultIsRetried();
    }

    private void assertFaultIsRetried() throws Exception {
        assertThat(drain(pushed("1"))).isEqualTo(KeyDrain.Outcome.RETRY);
        assertThat(telemetry.failures(LIST))
                .extracting(RecordedTelemetry.Failure::reason)
                .containsExactly(DrainFailure.IO);
    }

    @Test
    void aKeyWithoutCanonicalFormIsEndedAndLeftAlone() throws Exception {
        String odd = "logs:user_../../x:1";
        redis.server().rpush(odd, "1");

        assertThat(drain(entryOf(odd))).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(redis.list(odd)).containsExactly("1");
        assertThat(telemetry.unrecognized).containsExactly(odd);
    }

    @Test
    void anEntryWhoseOwnWorkerHoldsItsListIsLeft() throws Exception {
        PendingEntry entry = pushed("1");
        claimAs("another/" + entry.id(), entry);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.LEFT);
    }

    @Test
    void anEntryOfAListThatAWorkerWithAnotherEntryHoldsIsEnded() throws Exception {
        PendingEntry entry = pushed("1");
        claimAs("another/9-9", entry);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(file).doesNotExist();
    }

    @Test
    void aStoreThatForgotAllBeforeTheLastCommitHasNoListExpiredThatIsInItsFile() throws Exception {
        HeldEntry held = new HeldEntry(pushed("1"), "replica", null);
        calls.before(Script.COMMIT, redis.server()::flushall, 1);

        assertThat(drain(held)).isEqualTo(KeyDrain.Outcome.RETRY);
        assertThat(telemetry.repairs(LIST)).containsExactly(Recovery.STALE_COMMIT);
        assertThat(drain(held)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(telemetry.expired).isEmpty();
        assertThat(file).hasContent("1\n");
    }

    private void claimAs(String token, PendingEntry entry) throws Exception {
        assertThat(claims.claim(entry, token, 0, keeper.admission()))
                .isInstanceOf(ClaimOutcome.Claimed.class);
    }

    @Test
    void aFileThatWasMovedAwayBeginsAnewWithEveryElement() throws Exception {
        drain(pushed("1", "2"));
        Files.move(file, file.resolveSibling("1.jsonl.old"));

        assertThat(drain(pushed("3"))).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(file).hasContent("3\n");
        assertThat(redis.server().hget(LEDGER, "position")).isEqualTo("2");
    }

    @Test
    void theLedgerStandsAtTheNewFilesEndBeforeAnythingIsWrittenToIt() throws Exception {
        drain(pushed("1", "2"));
        Files.writeString(file, "x\n");
        // The process dies before the commit of what it appends.
        calls.before(Script.COMMIT, () -> calls.loseCalls(Script.COMMIT, 1), 2);
        PendingEntry entry = pushed("3");

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);

        assertThat(file).hasContent("x\n3\n");
        assertThat(redis.server().hget(LEDGER, "position")).isEqualTo("2");
        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);
        assertThat(file).hasContent("x\n3\n");
    }

    @Test
    void aFileThatOthersChangeAgainAndAgainIsToldOfAndLeftForLater() throws Exception {
        drain(pushed("1"));
        PendingEntry entry = pushed("2");
        changeFileBeforeEachClaim(1);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);

        assertThat(telemetry.failures(LIST))
                .extracting(RecordedTelemetry.Failure::reason)
                .containsExactly(DrainFailure.LOCK_TIMEOUT);
        assertThat(file).hasContent("1\n");
        assertThat(redis.server().exists(LOCK)).isZero();

        calls.before(Script.CLAIM, () -> {}, 1);
        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);
        assertThat(file).hasContent("1\n2\n");
    }

    private void changeFileBeforeEachClaim(int change) {
        calls.before(
                Script.CLAIM,
                () -> {
                    try {
                        Files.setLastModifiedTime(
                                file, FileTime.from(Instant.ofEpochSecond(change)));
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                    changeFileBeforeEachClaim(change + 1);
                },
                1);
    }

    @Test
    void eventsPushedMeanwhileGetAnEntryOfTheirOwn() throws Exception {
        PendingEntry entry = pushed("1");
        calls.before(Script.COMMIT, () -> redis.server().rpush(LIST, "2"), 1);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(pending.of(LIST).page("0-0", 8).lists()).containsExactly(LIST, LIST);
        assertThat(file).hasContent("1\n");
        assertThat(drain(take())).isEqualTo(KeyDrain.Outcome.ENDED);
        assertThat(file).hasContent("1\n2\n");
    }

    /** Else an element that one claim passes as a later one's line is written again by another. */
    @Test
    void aListWhoseLinesMayBeInTheFileIsReadInTheSameChunksHoweverLittleMemoryIsLeft()
            throws Exception {
        drain(pushed("1"));
        String a = "a".repeat(40_000);
        String b = "b".repeat(40_000);
        String c = "c".repeat(40_000);
        Files.writeString(file, a + "\n", StandardOpenOption.APPEND);
        MemoryBudget.Reservation others = memory.reserve(MEMORY_BYTES - 65_536, true, () -> {});
        calls.before(Script.CLAIM, others::close, 1);

        assertThat(drain(pushed(a, b, c))).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(file).content().isEqualTo("1\n" + a + "\n" + b + "\n" + c + "\n");
        // The first one took nothing: with all its room a claim reads a and b.
        assertThat(calls.bytesAskedFor()).endsWith(65_536, 100_000);
    }

    @Test
    void whatANewStoreHoldsIsAppendedThoughTheFileEndsWithTheSame() throws Exception {
        // An hour ago the store was noted, a minute ago the file was written, now it forgets all.
        setAge(logDir.resolve(".log-pipeline"), Duration.ofHours(1));
        keeper.admit();
        drain(pushed("1"));
        setAge(file, Duration.ofMinutes(1));
        redis.server().flushall();

        assertThat(drain(pushed("1"))).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(Files.readAllLines(file)).isEqualTo(List.of("1", "1"));
    }

    private static void setAge(Path path, Duration age) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(age)));
    }
}
