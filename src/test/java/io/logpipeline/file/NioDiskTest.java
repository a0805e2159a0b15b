package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real file system, where it differs from what one would write first. */
class NioDiskTest {
    @TempDir private Path directory;

    private final Disk disk = new NioDisk();

    @Test
    void aDirectoryThatCannotBeOpenedIsNoFailedForce() {
        assertThatThrownBy(() -> disk.forceDirectory(directory.resolve("absent")))
                .isInstanceOf(Disk.NotOpened.class);
    }

    @Test
    void creatingWhatIsThereSaysSo() throws Exception {
        assertThat(disk.create(directory.resolve("file"))).isTrue();
        assertThat(disk.create(directory.resolve("file"))).isFalse();
        assertThat(disk.createDirectory(directory.resolve("sub"))).isTrue();
        assertThat(disk.createDirectory(directory.resolve("sub"))).isFalse();
        assertThatThrownBy(() -> disk.createDirectory(directory.resolve("file")))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void whereNoFileIsNoneIsSeen() throws Exception {
        Path file = directory.resolve("file");
        assertThat(disk.stat(file)).isEmpty();
        assertThat(disk.stat(directory.resolve("absent").resolve("file"))).isEmpty();
        disk.create(file);
        assertThat(disk.stat(file)).isPresent();
        assertThat(disk.stat(file.resolve("below a file"))).isEmpty();
    }

    @Test
    void aFileSystemIsSyncedAndKnowsWhatItHolds() throws Exception {
        Path file = directory.resolve("file");
        disk.create(file);
        try (Disk.FileSystem fileSystem = disk.openFileSystem(directory)) {
            fileSystem.sync();
            assertThat(fileSystem.holds(file)).isTrue();
            assertThat(fileSystem.holds(Path.of("/proc/self/stat"))).isFalse();
        }
    }

    @Test
    void aSystemCallThatFailsSaysWhy() throws Exception {
        Disk.FileSystem fileSystem = disk.openFileSystem(directory);
        fileSystem.close();
        assertThatThrownBy(fileSystem::sync)
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("syncfs: Bad file descriptor");
    }
}
