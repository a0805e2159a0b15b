package io.logpipeline.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes durable what the writers of one log directory have written.
 *
 * <p>Invariants: success means that a force has succeeded which began after the write, over a
 * descriptor that was open before it. A force that failed ends the process.
 */
final class Forces {
    private final Disk disk;
    private final Path logDir;
    private final Sync sync;
    private final FailStop failStop;
    private final SharedForce logDirNames;
    private volatile @Nullable Synced synced;

    /** The file system of the log directory, while all that is on it is forced together. */
    private record Synced(Disk.FileSystem fileSystem, SharedForce force) {}

    Forces(Disk disk, Path logDir, Sync sync, FailStop failStop) {
        this.disk = disk;
        this.logDir = logDir;
        this.sync = sync;
        this.failStop = failStop;
        this.logDirNames = new SharedForce(() -> disk.forceDirectory(logDir));
    }

    /** Comes before the first write: a failed one is reported to descriptors that were open. */
    void prepare() throws IOException {
        if (sync == Sync.FILESYSTEM && synced == null) {
            open();
        }
    }

    private synchronized void open() throws IOException {
        if (synced == null) {
            Disk.FileSystem fileSystem = disk.openFileSystem(logDir);
            synced = new Synced(fileSystem, new SharedForce(fileSystem::sync));
        }
    }

    /** Whether the sync of all covers a file: a link may lead to another file system. */
    boolean syncsTogether(Path path) throws IOException {
        Synced together = synced;
        return together != null && together.fileSystem.holds(path);
    }

    /** Everything that was done on the log directory's file system so far. */
    void syncAll() throws IOException {
        force(logDir, Objects.requireNonNull(synced).force::await);
    }

    /**
     * The content of a file, and its name where that may never have been forced.
     *
     * @param directoryNamed whether the name of its directory was, in any case
     */
    void force(Disk.OpenFile file, Path path, boolean nameInDoubt, boolean directoryNamed)
            throws IOException {
        forceContent(file, path);
        if (nameInDoubt) {
            forceNames(parent(path));
            if (!directoryNamed) {
                force(logDir, logDirNames::await);
            }
        }
    }

    /** Of users' directories; false where that is left to the sync of all. */
    boolean forceDirectoryNames() throws IOException {
        if (sync == Sync.FILESYSTEM) {
            return false;
        }
        force(logDir, logDirNames::await);
        return true;
    }

    void forceContent(Disk.OpenFile file, Path path) throws IOException {
        force(path, file::force);
    }

    void forceNames(Path directory) throws IOException {
        force(directory, () -> disk.forceDirectory(directory));
    }

    private void force(Path path, SharedForce.Effect effect) throws IOException {
        try {
            effect.force();
        } catch (Disk.NotOpened notTried) {
            throw notTried;
        } catch (IOException failure) {
            throw failStop.forceFailed(path, failure);
        }
    }

    static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a day file has a directory: " + path);
        }
        return parent;
    }
}
