package io.logpipeline;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The real disk with faults that are switched on and off while the process runs: each holds for as
 * long as a file of its name lies in the given directory.
 */
final class SwitchedDisk implements Disk {
    /** Every write is refused, and there is no room. */
    static final String FULL = "disk-is-full";

    /** A write that begins does not come back. */
    static final String HANGS = "disk-hangs";

    private static final Duration POLL = Duration.ofMillis(5);

    private final Disk disk;
    private final Path switches;

    SwitchedDisk(Disk disk, Path switches) {
        this.disk = disk;
        this.switches = switches;
    }

    private boolean on(String name) {
        return Files.exists(switches.resolve(name));
    }

    @Override
    public Optional<Space> space(Path path) throws IOException {
        Optional<Space> space = disk.space(path);
        return on(FULL) ? space.map(real -> new Space(0, real.sizeBytes())) : space;
    }

    @Override
    public Optional<Stat> stat(Path path) throws IOException {
        return disk.stat(path);
    }

    @Override
    public boolean create(Path path) throws IOException {
        return disk.create(path);
    }

    @Override
    public boolean createDirectory(Path directory) throws IOException {
        return disk.createDirectory(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return new Opened(disk.open(path), path.toString().contains("user_"));
    }

    @Override
    public FileSystem openFileSystem(Path directory) throws IOException {
        return disk.openFileSystem(directory);
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        disk.replace(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    private final class Opened implements OpenFile {
        private final OpenFile file;
        private final boolean dayFile;

        Opened(OpenFile file, boolean dayFile) {
            this.file = file;
            this.dayFile = dayFile;
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (on(FULL)) {
                throw new IOException("No space left on device");
            }
            while (dayFile && on(HANGS)) {
                LockSupport.parkNanos(POLL.toNanos());
            }
            return file.write(source, position);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public boolean tryLock() throws IOException {
            return file.tryLock();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
