package io.logpipeline.file;

import io.logpipeline.event.UserDay;
import io.logpipeline.telemetry.MonotonicClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The day files of one log directory, as this process holds them.
 *
 * <p>Invariant: at most one descriptor of a day file is open in this process. A POSIX lock of a
 * process drops when any of its descriptors of that file closes (fcntl(2)), so a second one would
 * silently end the first one's lock.
 */
public final class DayFiles {
    /** Enough for most lists at once; each writer has one. */
    public static final int BUFFER_BYTES = 64 * 1024;

    final Disk disk;
    final Path logDir;
    final Duration lockTimeout;
    final MonotonicClock clock;
    final Forces forces;
    final int bufferBytes;
    private final Set<UserDay> open = ConcurrentHashMap.newKeySet();

    /** What the open ones are to the file system: two paths may lead to one file. */
    private final Set<Object> openFiles = ConcurrentHashMap.newKeySet();

    /**
     * @param lockTimeout how long an append waits for another process's file lock
     */
    public DayFiles(
            Disk disk, Path logDir, Duration lockTimeout, MonotonicClock clock, FailStop failStop) {
        this(disk, logDir, lockTimeout, clock, failStop, Sync.FILE, BUFFER_BYTES);
    }

    /**
     * @param bufferBytes the most that one read or write of a day file moves
     */
    public DayFiles(
            Disk disk,
            Path logDir,
            Duration lockTimeout,
            MonotonicClock clock,
            FailStop failStop,
            Sync sync,
            int bufferBytes) {
        this.disk = disk;
        this.logDir = logDir;
        this.lockTimeout = lockTimeout;
        this.clock = clock;
        this.forces = new Forces(disk, logDir, sync, failStop);
        this.bufferBytes = bufferBytes;
    }

    /**
     * A writer with a buffer of its own, for one thread.
     *
     * @param progress told at each step of a long append
     */
    public DayFileWriter writer(Runnable progress) {
        return new DayFileWriter(this, progress);
    }

    /** The file of a user's day. */
    public Path path(UserDay userDay) {
        return logDir.resolve(userDay.directory()).resolve(userDay.fileName());
    }

    /** Whether there is no file of a user's day. */
    public boolean isMissing(UserDay userDay) throws IOException {
        return disk.stat(path(userDay)).isEmpty();
    }

    /**
     * Makes a user's directory and an empty file of the day, where they are missing. Not while it
     * is open: whoever has it open has made it.
     *
     * @return how the file is then; empty where it is open, or gone again
     */
    public Optional<Disk.Stat> create(UserDay userDay) throws IOException {
        if (!enter(userDay)) {
            return Optional.empty();
        }
        try {
            forces.prepare();
            Path path = path(userDay);
            create(path);
            return disk.stat(path);
        } finally {
            leave(userDay);
        }
    }

    /**
     * Makes the names of all users' directories durable that are there now.
     *
     * @return false where that is left to the sync of all that is written
     */
    public boolean forceDirectoryNames() throws IOException {
        return forces.forceDirectoryNames();
    }

    void create(Path path) throws IOException {
        disk.createDirectory(Forces.parent(path));
        if (!disk.create(path) && disk.stat(path).isEmpty()) {
            throw new IOException("neither there nor to be made: a link to nowhere?");
        }
    }

    boolean enter(UserDay userDay) {
        return open.add(userDay);
    }

    void leave(UserDay userDay) {
        open.remove(userDay);
    }

    boolean enter(Disk.Stat file) {
        return openFiles.add(file.identity());
    }

    void leave(Disk.Stat file) {
        openFiles.remove(file.identity());
    }
}
