package io.logpipeline.testing;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;

/** Another disk as it is, for those that change one thing about it. */
public class ForwardingDisk implements Disk {
    private final Disk disk;

    protected ForwardingDisk(Disk disk) {
        this.disk = disk;
    }

    /**
     * A disk whose files look otherwise than they are.
     *
     * @param told what is said of a path, by what is so
     */
    public static Disk telling(Disk disk, BiFunction<Path, Stat, Stat> told) {
        return new ForwardingDisk(disk) {
            @Override
            public Optional<Stat> stat(Path path) throws IOException {
                return super.stat(path).map(now -> told.apply(path, now));
            }
        };
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
        disk.forceDirectory(directory);
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return disk.open(path);
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

    /** Another file as it is. */
    public static class ForwardingFile implements OpenFile {
        private final OpenFile file;

        public ForwardingFile(OpenFile file) {
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
