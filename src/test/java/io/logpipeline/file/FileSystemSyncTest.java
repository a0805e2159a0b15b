package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.file.FaultyDisk.Effect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Day files that are made durable with everything else on their file system. */
class FileSystemSyncTest {
    @TempDir private Path temp;
    private DayFileFixture file;

    @BeforeEach
    void open() throws IOException {
        file = new DayFileFixture(temp, Sync.FILESYSTEM);
    }

    private List<String> effects() {
        return file.disk.effects().stream().map(effect -> effect.split(" ")[0]).toList();
    }

    @Test
    void theDescriptorIsOpenBeforeTheFirstWriteAndTheSyncComesAfterIt() throws Exception {
        file.append(0, "a");
        assertThat(file.content()).isEqualTo("a\n");
        assertThat(effects()).containsSubsequence("OPEN_FILE_SYSTEM", "WRITE", "SYNC");
        assertThat(effects()).endsWith("SYNC").doesNotContain("FORCE", "FORCE_DIRECTORY");
    }

    @Test
    void theDescriptorStaysOpen() throws Exception {
        file.append(0, "a");
        file.append(2, "b");
        assertThat(effects()).containsOnlyOnce("OPEN_FILE_SYSTEM");
        assertThat(effects().stream().filter("SYNC"::equals)).hasSize(2);
    }

    @Test
    void aFailedSyncEndsTheProcess() {
        file.disk.failAt(Effect.SYNC, 1);
        assertThatThrownBy(() -> file.append(0, "a"))
                .isInstanceOf(DayFileFixture.ForceFailed.class)
                .hasMessage(temp.toString());
    }

    @Test
    void aFileOnAnotherFileSystemIsForcedByItself() throws Exception {
        file.disk.holdingNothing();
        file.append(0, "a");
        assertThat(effects())
                .containsSubsequence("WRITE", "FORCE", "FORCE_DIRECTORY", "FORCE_DIRECTORY");
        assertThat(effects()).doesNotContain("SYNC");
    }

    @Test
    void namesAreLeftToTheSyncOfAll() throws Exception {
        assertThat(file.files.create(DayFileFixture.USER_DAY)).isPresent();
        assertThat(file.files.forceDirectoryNames()).isFalse();
        assertThat(effects()).startsWith("OPEN_FILE_SYSTEM").doesNotContain("FORCE_DIRECTORY");
    }

    @Test
    void aFileSystemThatCannotBeOpenedFailsTheAppendBeforeItWrites() throws Exception {
        file.disk.failAt(Effect.OPEN_FILE_SYSTEM, 1);
        assertThatThrownBy(() -> file.append(0, "a")).isInstanceOf(IOException.class);
        assertThat(effects()).doesNotContain("WRITE");
        file.disk.heal();
        file.append(0, "a");
        assertThat(file.content()).isEqualTo("a\n");
    }

    @Test
    void aTornTailIsCutAndForcedByItself() throws Exception {
        file.put("a\ntorn");
        file.append(0, "a", "b");
        assertThat(file.content()).isEqualTo("a\nb\n");
        assertThat(effects()).containsSubsequence("TRUNCATE", "FORCE", "WRITE", "SYNC");
    }
}
