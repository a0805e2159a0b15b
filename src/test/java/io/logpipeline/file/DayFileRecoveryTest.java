package io.logpipeline.file;

import static io.logpipeline.file.DayFileFixture.elements;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an append finds behind the ledger's position, and what it makes of it. */
class DayFileRecoveryTest {
    @TempDir Path logDir;
    private DayFileFixture file;

    @BeforeEach
    void open() {
        file = new DayFileFixture(logDir);
    }

    @Test
    void anElementWithANulIsNotTakenForATornWrite() throws IOException {
        file.append(0, "a\0b", "c");

        AppendOutcome.Appended again = file.append(0, "a\0b", "c");

        assertThat(again.alreadyApplied()).isEqualTo(2);
        assertThat(again.tornBytes()).isZero();
        assertThat(file.content()).isEqualTo("\"a\\u0000b\"\nc\n");
    }

    @Test
    void aTailAppliedWholeIsNotWrittenAgain() throws IOException {
        file.put("old\na\nb\n");

        AppendOutcome.Appended outcome = file.append(4, "a", "b");

        assertThat(file.content()).isEqualTo("old\na\nb\n");
        assertThat(outcome.alreadyApplied()).isEqualTo(2);
        assertThat(outcome.writtenBytes()).isZero();
        assertThat(outcome.position()).isEqualTo(8);
        assertThat(outcome.rolledBack()).isFalse();
    }

    @Test
    void aTailAppliedInPartGetsTheRest() throws IOException {
        file.put("old\na\n");

        AppendOutcome.Appended outcome = file.append(4, "a", "b");

        assertThat(file.content()).isEqualTo("old\na\nb\n");
        assertThat(outcome.alreadyApplied()).isEqualTo(1);
        assertThat(outcome.position()).isEqualTo(8);
    }

    @Test
    void linesBelowThePositionAreNoMatch() throws IOException {
        file.put("a\n");

        file.append(2, "a");

        assertThat(file.content()).isEqualTo("a\na\n");
    }

    @Test
    void foreignLinesInBetweenStayAndAreTold() throws IOException {
        file.put("old\nx\na\ny\n");

        AppendOutcome.Appended outcome = file.append(4, "a", "b");

        assertThat(file.content()).isEqualTo("old\nx\na\ny\nb\n");
        assertThat(outcome.alreadyApplied()).isEqualTo(1);
        assertThat(outcome.rolledBack()).isTrue();
        assertThat(outcome.position()).isEqualTo(12);
    }

    @Test
    void aTornLineIsSavedBesideTheFileAndCut() throws IOException {
        file.put("old\na\n{\"half");

        AppendOutcome.Appended outcome = file.append(4, "a", "{\"half\":1}");

        assertThat(file.content()).isEqualTo("old\na\n{\"half\":1}\n");
        assertThat(file.torn()).isEqualTo("{\"half");
        assertThat(outcome.tornBytes()).isEqualTo(6);
        assertThat(outcome.alreadyApplied()).isEqualTo(1);
        assertThat(outcome.position()).isEqualTo(17);
    }

    @Test
    void everythingFromALineWithANulOnIsCut() throws IOException {
        file.put("old\na\n\0\0\0\0\nb\nc\n");

        AppendOutcome.Appended outcome = file.append(4, "a", "b", "c");

        assertThat(file.content()).isEqualTo("old\na\nb\nc\n");
        assertThat(file.torn()).isEqualTo("\0\0\0\0\nb\nc\n");
        assertThat(outcome.tornBytes()).isEqualTo(9);
    }

    @Test
    void aSecondTornTailIsSavedBehindTheFirst() throws IOException {
        file.put("one");
        long position = file.append(0, "a").position();
        file.putMore("two");
        file.append(position, "b");

        assertThat(file.content()).isEqualTo("a\nb\n");
        assertThat(file.torn()).isEqualTo("onetwo");
    }

    @Test
    void aTornTailLargerThanTheBufferIsSavedWhole() throws IOException {
        String torn = "x".repeat(700_001);
        file.put("old\n" + torn);

        file.append(4, "a");

        assertThat(file.content()).isEqualTo("old\na\n");
        assertThat(file.torn()).isEqualTo(torn);
    }

    @Test
    void whatFollowsALineOfOthersWithoutLineFeedIsNotGluedToIt() throws IOException {
        file.put("foreign");

        AppendOutcome.Appended outcome = file.append(7, "a");

        assertThat(file.content()).isEqualTo("foreign\na\n");
        assertThat(outcome.position()).isEqualTo(10);
        assertThat(file.append(10, "b").position()).isEqualTo(12);
    }

    /** What was sent again after Redis forgot it stands where its first try was written. */
    @Test
    void whatStandsInAnotherOrderIsFound() throws IOException {
        file.put("old\nsent again\na\nb\n");

        AppendOutcome.Appended outcome = file.append(4, "a", "sent again");

        assertThat(outcome.alreadyApplied()).isEqualTo(2);
        assertThat(outcome.position()).isEqualTo(17);
        assertThat(file.append(17, "b").position()).isEqualTo(19);
        assertThat(file.content()).isEqualTo("old\nsent again\na\nb\n");
    }

    @Test
    void wholeLinesBehindTheLastMatchAreLeftToTheNextBatch() throws IOException {
        // Two batches are in the file; Redis forgot both commits and hands them out again.
        file.put("old\na\nb\nc\nd\n");

        AppendOutcome.Appended first = file.append(4, "a", "b");
        AppendOutcome.Appended second = file.append(first.position(), "c", "d", "e");

        assertThat(first.position()).isEqualTo(8);
        assertThat(second.alreadyApplied()).isEqualTo(2);
        assertThat(second.position()).isEqualTo(14);
        assertThat(file.content()).isEqualTo("old\na\nb\nc\nd\ne\n");
    }

    @Test
    void aFileDeletedBetweenAppendsBeginsAgain() throws IOException {
        long position = file.append(0, "a", "b").position();
        Files.delete(file.path);

        appendAfterReplacement(position, "c");

        assertThat(file.content()).isEqualTo("c\n");
    }

    @Test
    void aFileMovedAwayBetweenAppendsStaysAsItIs() throws IOException {
        long position = file.append(0, "a", "b").position();
        Path rotated = file.path.resolveSibling("7.jsonl.1");
        Files.move(file.path, rotated);

        appendAfterReplacement(position, "c");

        assertThat(file.content()).isEqualTo("c\n");
        assertThat(rotated).hasContent("a\nb\n");
    }

    @Test
    void aDirectoryDeletedBetweenAppendsIsMadeAgain() throws IOException {
        long position = file.append(0, "a").position();
        Files.delete(file.path);
        Files.delete(file.path.getParent());

        appendAfterReplacement(position, "c");

        assertThat(file.content()).isEqualTo("c\n");
    }

    @Test
    void aFileShorterThanThePositionIsToldBeforeAnythingIsWritten() throws IOException {
        file.put("new\n");

        assertThat(file.outcome(100, "a")).isEqualTo(new AppendOutcome.Replaced(4));

        assertThat(file.content()).isEqualTo("new\n");
    }

    @Test
    void anAppendToAReplacedFileThatDiedBeforeItsCommitIsFoundAgain() throws IOException {
        file.put("new\n");
        long stale = 7;
        long position = afterReplacement(stale);
        file.append(position, "first", "second");

        // No commit of the lines: they are handed out again at the position that was settled.
        file.append(position, "first", "second");

        assertThat(file.content()).isEqualTo("new\nfirst\nsecond\n");
    }

    @Test
    void aPositionOfTheFileThatWasMovedAwayIsNotTakenForOneOfTheNewFile() throws IOException {
        file.put("a\n");
        Sighting before = file.sighting();
        Files.move(file.path, file.path.resolveSibling("7.jsonl.1"));
        // Another replica drained the same batch, and more, into the new file.
        file.put("b\nc\n");

        assertThat(file.writer.append(DayFileFixture.USER_DAY, before, 2, elements("b")))
                .isEqualTo(new AppendOutcome.Overtaken());

        assertThat(file.content()).isEqualTo("b\nc\n");
    }

    @Test
    void aFileThatAnotherReplicaWroteToSinceItWasSeenIsLeftAlone() throws IOException {
        file.put("");
        Sighting before = file.sighting();
        file.putMore("b\nc\n");

        assertThat(file.writer.append(DayFileFixture.USER_DAY, before, 0, elements("b", "d")))
                .isEqualTo(new AppendOutcome.Overtaken());

        assertThat(file.content()).isEqualTo("b\nc\n");
    }

    @Test
    void aFileThatCameWhereNoneWasSeenIsLeftAlone() throws IOException {
        Sighting nothing = file.sighting();
        file.put("b\n");

        assertThat(file.writer.append(DayFileFixture.USER_DAY, nothing, 0, elements("b", "c")))
                .isEqualTo(new AppendOutcome.Overtaken());

        assertThat(file.content()).isEqualTo("b\n");
    }

    @Test
    void aNewFileIsMadeAndNothingWrittenBeforeItWasSeen() throws IOException {
        assertThat(file.writer.append(DayFileFixture.USER_DAY, file.sighting(), 0, elements("a")))
                .isEqualTo(new AppendOutcome.Overtaken());

        assertThat(file.content()).isEmpty();
    }

    private long afterReplacement(long position) throws IOException {
        AppendOutcome outcome = file.outcome(position, "any");
        if (outcome instanceof AppendOutcome.Replaced replaced) {
            return replaced.sizeBytes();
        }
        throw new AssertionError(outcome);
    }

    private void appendAfterReplacement(long position, String element) throws IOException {
        file.append(afterReplacement(position), element);
    }

    @Test
    void anEmptyElementIsNotFoundInTheLineFeedThatEndsALineOfOthers() throws IOException {
        file.put("foreign");
        // A crash after the first byte that an append of the empty element writes.
        file.putMore("\n");

        file.append(7, "");

        assertThat(file.content()).isEqualTo("foreign\n\n");
    }
}
