package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an append does before what, so that no power loss takes what it has settled. */
class AppendOrderTest {
    @TempDir Path temp;
    private DayFileFixture file;

    @BeforeEach
    void open() {
        file = new DayFileFixture(temp.resolve("0"));
    }

    private void begin(String tail) throws IOException {
        file = DayFileFixture.begun(file.logDir, tail);
    }

    @Test
    void theTailIsWrittenBackBeforeTheForceThatSettlesIt() throws IOException {
        begin("a\nb\n");

        file.append(4, "a", "b");

        assertThat(file.disk.effects())
                .containsSubsequence("WRITE 7.jsonl 4+4", "FORCE 7.jsonl")
                .filteredOn(effect -> effect.startsWith("WRITE"))
                .hasSize(1);
    }

    @Test
    void theTailIsWrittenBackWithForeignLinesInItAndBeforeTheRest() throws IOException {
        begin("x\na\ny\n");

        file.append(4, "a", "b");

        assertThat(file.disk.effects())
                .containsSubsequence("WRITE 7.jsonl 4+6", "WRITE 7.jsonl 10+2", "FORCE 7.jsonl");
    }

    @Test
    void withoutATailOnlyTheNewLinesAreWritten() throws IOException {
        begin("");

        file.append(4, "a", "b");

        assertThat(file.disk.effects())
                .filteredOn(effect -> effect.startsWith("WRITE") || effect.startsWith("FORCE"))
                .containsExactly("WRITE 7.jsonl 4+4", "FORCE 7.jsonl");
    }

    @Test
    void whatIsCutIsSavedDurablyFirst() throws IOException {
        begin("torn");

        file.append(4, "a");

        assertThat(file.disk.effects())
                .containsSubsequence(
                        "WRITE 7.jsonl.torn 0+4",
                        "FORCE 7.jsonl.torn",
                        "FORCE_DIRECTORY user_u",
                        "TRUNCATE 7.jsonl 4",
                        "WRITE 7.jsonl 4+2",
                        "FORCE 7.jsonl");
    }

    @Test
    void theCutOfATornTailIsDurableBeforeOtherBytesTakeItsPlace() throws IOException {
        begin("torn");

        file.append(4, "a");

        assertThat(file.disk.effects())
                .containsSubsequence("TRUNCATE 7.jsonl 4", "FORCE 7.jsonl", "WRITE 7.jsonl 4+2");
    }

    @Test
    void theLockIsTakenBeforeAnythingIsRead() throws IOException {
        begin("a\n");

        file.append(4, "a", "b");

        assertThat(file.disk.effects().subList(0, 4))
                .containsExactly("STAT 7.jsonl", "OPEN 7.jsonl", "LOCK 7.jsonl", "STAT 7.jsonl");
    }

    @Test
    void theDirectoriesOfANewFileAreForcedBeforeSuccess() throws IOException {
        Files.createDirectories(file.logDir);

        file.append(0, "a");

        assertThat(file.disk.effects())
                .endsWith("FORCE 7.jsonl", "FORCE_DIRECTORY user_u", "FORCE_DIRECTORY 0");
    }

    private Sighting made() throws IOException {
        Files.createDirectories(file.logDir);
        Disk.Stat made = file.files.create(DayFileFixture.USER_DAY).orElseThrow();
        assertThat(file.files.forceDirectoryNames()).isTrue();
        return file.sighting().knowing(made);
    }

    @Test
    void theNameOfADirectoryThatWasMadeForManyIsForcedOnceForAll() throws IOException {
        Sighting made = made();

        file.writer.append(DayFileFixture.USER_DAY, made, 0, DayFileFixture.elements("a"));

        assertThat(file.disk.effects())
                .containsSubsequence("STAT 7.jsonl", "FORCE_DIRECTORY 0", "WRITE 7.jsonl 0+2")
                .endsWith("FORCE 7.jsonl", "FORCE_DIRECTORY user_u");
    }

    @Test
    void theDirectoriesOfAFileThatIsAnotherThanThatWhichWasMadeAreForcedBeforeSuccess()
            throws IOException {
        Disk.Stat made = made().file().orElseThrow();
        Files.delete(file.path);
        Files.delete(file.path.getParent());
        file.put("b\n");

        file.writer.append(
                DayFileFixture.USER_DAY,
                file.sighting().knowing(made),
                0,
                DayFileFixture.elements("a"));

        assertThat(file.disk.effects())
                .endsWith("FORCE 7.jsonl", "FORCE_DIRECTORY user_u", "FORCE_DIRECTORY 0");
    }

    @Test
    void theDirectoriesOfAFileThatNoLedgerKnowsAreForcedBeforeSuccess() throws IOException {
        begin("");
        Sighting unknown = new Sighting(4, file.sighting().file());

        file.writer.append(DayFileFixture.USER_DAY, unknown, 4, DayFileFixture.elements("a"));

        assertThat(file.disk.effects())
                .endsWith("FORCE 7.jsonl", "FORCE_DIRECTORY user_u", "FORCE_DIRECTORY 0");
    }

    @Test
    void theDirectoriesOfAnOldFileOfWhichOnlyATornLineWasThereAreForcedBeforeSuccess()
            throws IOException {
        file.put("torn");
        Sighting seen = file.sighting();
        Sighting old = new Sighting(4, seen.file());

        file.writer.append(DayFileFixture.USER_DAY, old, 0, DayFileFixture.elements("a"));

        assertThat(file.disk.effects())
                .endsWith("FORCE 7.jsonl", "FORCE_DIRECTORY user_u", "FORCE_DIRECTORY 0");
    }

    @Test
    void theDirectoriesOfAFileThatAnotherProcessLeftUnsettledAreForcedBeforeSuccess()
            throws IOException {
        begin("a\n");

        file.append(4, "a");

        assertThat(file.disk.effects())
                .endsWith("FORCE 7.jsonl", "FORCE_DIRECTORY user_u", "FORCE_DIRECTORY 0");
    }
}
