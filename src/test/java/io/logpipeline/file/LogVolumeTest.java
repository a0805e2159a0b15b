package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dot file, by which the processes of a directory agree on its name and its store. */
class LogVolumeTest {
    private static final Duration LEDGER_LIFE = Duration.ofHours(1);

    @TempDir Path temp;
    private Path logDir;
    private Path marker;
    private DayFileFixture file;
    private LogVolume volume;

    @BeforeEach
    void open() {
        logDir = temp.resolve("a/b/logs");
        marker = logDir.resolve(".log-pipeline");
        file = new DayFileFixture(logDir);
        volume = another();
    }

    private LogVolume another() {
        return new LogVolume(file.files, LEDGER_LIFE);
    }

    @Test
    void adoptingMakesTheDirectoriesAndForcesEachParentBeforeTheDotFileIsThere()
            throws IOException {
        volume.adopt("store-1");

        assertThat(logDir).isDirectory();
        assertThat(file.disk.effects())
                .containsSubsequence(
                        "CREATE_DIRECTORY a",
                        "CREATE_DIRECTORY b",
                        "CREATE_DIRECTORY logs",
                        "FORCE_DIRECTORY b",
                        "FORCE_DIRECTORY a",
                        "FORCE_DIRECTORY " + temp.getFileName(),
                        "REPLACE .log-pipeline");
    }

    @Test
    void directoriesOfAProcessThatDiedBeforeItForcedThemAreForcedByTheNext() throws IOException {
        file.disk.killAt(FaultyDisk.Effect.FORCE_DIRECTORY, 1);
        assertThatThrownBy(() -> volume.adopt("store-1")).isInstanceOf(FaultyDisk.Killed.class);
        assertThat(logDir).isDirectory();
        file.disk.heal();

        another().adopt("store-1");

        assertThat(file.disk.effects())
                .containsSubsequence(
                        "FORCE_DIRECTORY b",
                        "FORCE_DIRECTORY a",
                        "FORCE_DIRECTORY " + temp.getFileName(),
                        "REPLACE .log-pipeline");
    }

    @Test
    void theDotFileIsDurableBeforeItIsPutInPlace() throws IOException {
        volume.adopt("store-1");

        assertThat(file.disk.effects())
                .containsSubsequence(
                        "FORCE .log-pipeline.new", "REPLACE .log-pipeline", "FORCE_DIRECTORY logs");
    }

    @Test
    void aDotFileWhoseWriterDidNotComeToForceItsNameIsForcedByWhoeverFindsIt() throws IOException {
        volume.adopt("store-1");
        file.disk.failAt(FaultyDisk.Effect.FORCE_DIRECTORY, 1);
        assertThatThrownBy(() -> volume.adopt("store-2")).isInstanceOf(IOException.class);
        file.disk.heal();

        for (LogVolume each : List.of(volume, another())) {
            assertThat(forcesWhileAdopting(each, "store-2")).isEqualTo(1);
            assertThat(forcesWhileAdopting(each, "store-2")).isZero();
        }
    }

    private long forcesWhileAdopting(LogVolume who, String storeId) throws IOException {
        int before = file.disk.effects().size();
        who.adopt(storeId);
        return file.disk.effects().stream()
                .skip(before)
                .filter("FORCE_DIRECTORY logs"::equals)
                .count();
    }

    @Test
    void theVolumeKeepsItsIdForEveryProcessAndStore() throws IOException {
        String volumeId = volume.adopt("store-1");

        assertThat(volumeId).isNotEmpty();
        assertThat(volume.adopt("store-2")).isEqualTo(volumeId);
        assertThat(another().adopt("store-3")).isEqualTo(volumeId);
        assertThat(Files.readString(marker)).startsWith("volume=" + volumeId + "\nstore=store-3\n");
    }

    @Test
    void twoDirectoriesAreTwoVolumes() throws IOException {
        DayFileFixture other = new DayFileFixture(temp.resolve("other"));

        assertThat(new LogVolume(other.files, LEDGER_LIFE).adopt("s"))
                .isNotEqualTo(volume.adopt("s"));
    }

    @Test
    void theSameStoreLeavesTheDotFileAndItsTimeAlone() throws IOException {
        volume.adopt("store-1");
        FileTime before = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(marker, before);

        volume.adopt("store-1");

        assertThat(Files.getLastModifiedTime(marker)).isEqualTo(before);
    }

    @Test
    void anotherStoreGivesTheDotFileANewTime() throws IOException {
        volume.adopt("store-1");
        FileTime before = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(marker, before);

        volume.adopt("store-2");

        assertThat(Files.getLastModifiedTime(marker)).isGreaterThan(before);
    }

    @Test
    void aDotFileThatNamesNoVolumeIsNotOverwritten() throws IOException {
        Files.createDirectories(logDir);
        Files.writeString(marker, "garbage\n");

        assertThatThrownBy(() -> volume.adopt("store-1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(".log-pipeline")
                .hasMessageContaining("names no volume");
        assertThat(marker).hasContent("garbage\n");
    }

    @Test
    void twoProcessesThatStartTogetherTakeTurns() throws IOException {
        Files.createDirectories(logDir);
        Path lock = Files.createFile(logDir.resolve(".log-pipeline.lock"));
        try (Disk.OpenFile other = new NioDisk().open(lock)) {
            assertThat(other.tryLock()).isTrue();

            assertThatThrownBy(() -> volume.adopt("store-1"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is held by another process");
            assertThat(marker).doesNotExist();
        }
        assertThat(volume.adopt("store-1")).isNotEmpty();
    }

    @Test
    void aProcessKilledWhileItNotesTheStoreLeavesWhatTheNextOneCompletes() throws IOException {
        int kills = 0;
        for (FaultyDisk.Effect effect : FaultyDisk.Effect.values()) {
            for (int nth = 1; nth < 50; nth++) {
                logDir = temp.resolve(effect + "-" + nth);
                marker = logDir.resolve(".log-pipeline");
                file = new DayFileFixture(logDir);
                volume = another();
                String volumeId = volume.adopt("store-1");
                file.disk.killAt(effect, nth);
                try {
                    volume.adopt("store-2");
                } catch (FaultyDisk.Killed killed) {
                    kills++;
                }
                if (!file.disk.struck()) {
                    break;
                }
                file.disk.heal();
                assertThat(another().adopt("store-2")).isEqualTo(volumeId);
                assertThat(Files.readString(marker))
                        .startsWith("volume=" + volumeId + "\nstore=store-2\nformer=store-1 ");
            }
        }
        assertThat(kills).isGreaterThan(8);
    }

    @Test
    void ofVeryManyStoresTheLatestAreRemembered() throws IOException {
        for (int i = 0; i < 40; i++) {
            volume.adopt("0b59fbd0-4f24-44d4-96bb-0000000000" + (10 + i));
        }

        assertThat(marker).content().hasLineCount(18).contains("000000000033 ", "000000000048 ");
        assertThat(volume.adopt("0b59fbd0-4f24-44d4-96bb-000000000045"))
                .isEqualTo(another().adopt("new"));
    }
}
