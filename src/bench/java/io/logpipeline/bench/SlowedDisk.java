package io.logpipeline.bench;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A disk on which each force takes longer. */
public record SlowedDisk(Disk disk, Duration force) implements Disk {
    private void slow() {
        long endNanos = System.nanoTime() + force.toNanos();
        for (long left; (left = endNanos - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public Optional<Space> space(Path path) throws IOException {
        return disk.space(path);
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
        slow();
        disk.forceDirectory(directory);
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return new Slowed(disk.open(path));
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

    private final class Slowed implements OpenFile {
        private final OpenFile file;

        Slowed(OpenFile file) {
            this.file = file;
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
            return file.write(source, position);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            slow();
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
