package io.logpipeline.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.event.UserDay;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DayFileAppendTest {
    @TempDir Path logDir;
    private DayFileFixture file;

    @BeforeEach
    void open() {
        file = new DayFileFixture(logDir);
    }

    @Test
    void theFirstBatchMakesDirectoryAndFile() throws IOException {
        AppendOutcome.Appended outcome = file.append(0, "a", "b");

        assertThat(logDir.resolve("user_u/7.jsonl")).hasContent("a\nb\n");
        assertThat(outcome.position()).isEqualTo(4);
        assertThat(outcome.writtenBytes()).isEqualTo(4);
        assertThat(outcome.alreadyApplied()).isZero();
        assertThat(outcome.tornBytes()).isZero();
        assertThat(outcome.rolledBack()).isFalse();
    }

    @Test
    void theNextBatchFollowsTheOneBefore() throws IOException {
        long position = file.append(0, "a", "b").position();

        assertThat(file.append(position, "c").position()).isEqualTo(6);

        assertThat(file.content()).isEqualTo("a\nb\nc\n");
    }

    @Test
    void equalElementsOfTwoBatchesAreWrittenTwice() throws IOException {
        long position = file.append(0, "a", "a").position();
        file.append(position, "a");

        assertThat(file.content()).isEqualTo("a\na\na\n");
    }

    @Test
    void anEmptyElementIsAnEmptyLine() throws IOException {
        long position = file.append(0, "", "a", "").position();

        assertThat(file.content()).isEqualTo("\na\n\n");
        assertThat(position).isEqualTo(4);
    }

    @Test
    void aBatchOfNothingLeavesTheFileAlone() throws IOException {
        long position = file.append(0, "a").position();

        assertThat(file.append(position).position()).isEqualTo(position);
        assertThat(file.content()).isEqualTo("a\n");
    }

    @Test
    void anElementWithLineBreaksTakesOneLine() throws IOException {
        file.append(0, "a\nb", "c\r\n");

        assertThat(file.content()).isEqualTo("\"a\\nb\"\n\"c\\r\\n\"\n");
    }

    @Test
    void anElementWithLineBreaksIsFoundAgain() throws IOException {
        file.append(0, "a\nb", "c");

        assertThat(file.append(0, "a\nb", "c").alreadyApplied()).isEqualTo(2);
        assertThat(file.content()).isEqualTo("\"a\\nb\"\nc\n");
    }

    @Test
    void aBatchLargerThanTheBufferIsWrittenWhole() throws IOException {
        List<byte[]> elements = new ArrayList<>();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; expected.size() < 5 << 20; i++) {
            byte[] element = ("{\"seq\":" + i + "}" + "x".repeat(i * 37 % 9000)).getBytes(UTF_8);
            elements.add(element);
            expected.writeBytes(element);
            expected.write('\n');
        }
        elements.add("y".repeat(700_000).getBytes(UTF_8));
        expected.writeBytes(elements.getLast());
        expected.write('\n');

        assertThat(file.outcome(0)).isInstanceOf(AppendOutcome.Appended.class);
        AppendOutcome first =
                file.writer.append(DayFileFixture.USER_DAY, file.sighting(), 0, elements);
        AppendOutcome again =
                file.writer.append(DayFileFixture.USER_DAY, file.sighting(), 0, elements);

        assertThat(Files.readAllBytes(file.path)).isEqualTo(expected.toByteArray());
        assertThat(first)
                .isInstanceOfSatisfying(
                        AppendOutcome.Appended.class,
                        it -> assertThat(it.position()).isEqualTo(expected.size()));
        assertThat(again)
                .isInstanceOfSatisfying(
                        AppendOutcome.Appended.class,
                        it -> assertThat(it.alreadyApplied()).isEqualTo(elements.size()));
    }

    @Test
    void usersAndDaysHaveFilesOfTheirOwn() throws IOException {
        file.outcome(new UserDay("../x", 1), 0, "a");
        file.outcome(new UserDay("../x", 2), 0, "b");
        file.outcome(new UserDay("x", 1), 0, "c");

        assertThat(logDir.resolve("user_..%2Fx/1.jsonl")).hasContent("a\n");
        assertThat(logDir.resolve("user_..%2Fx/2.jsonl")).hasContent("b\n");
        assertThat(logDir.resolve("user_x/1.jsonl")).hasContent("c\n");
    }

    @Test
    void aLinkThatLeadsNowhereEndsInAnErrorAndNotInASpin() throws IOException {
        Files.createDirectories(logDir.resolve("user_u"));
        Files.createSymbolicLink(logDir.resolve("user_u/7.jsonl"), Path.of("/nowhere/at/all"));

        assertThatThrownBy(() -> file.append(0, "a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("link to nowhere");
    }
}
