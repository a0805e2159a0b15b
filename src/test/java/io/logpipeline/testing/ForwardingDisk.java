package io.logpipeline.testing;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
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

    /** What is made durable. */
    public enum Forced {
        FILE,
        DIRECTORY,
        FILE_SYSTEM
    }

    /**
     * A disk on which something happens before each force.
     *
     * @param before told of what is forced; of a file system, by the path that it was opened with
     */
    public static Disk forcing(Disk disk, BiConsumer<Forced, Path> before) {
        return new ForwardingDisk(disk) {
            @Override
            public void forceDirectory(Path directory) throws IOException {
                before.accept(Forced.DIRECTORY, directory);
                super.forceDirectory(directory);
            }

            @Override
            public OpenFile open(Path path) throws IOException {
                return new ForwardingFile(super.open(path)) {
                    @Override
                    public void force() throws IOException {
                        before.accept(Forced.FILE, path);
                        super.force();
                    }
                };
            }

            @Override
            public FileSystem openFileSystem(Path directory) throws IOException {
                return new ForwardingFileSystem(super.openFileSystem(directory)) {
                    @Override
                    public void sync() throws IOException {
                        before.accept(Forced.FILE_SYSTEM, directory);
                        super.sync();
                    }
                };
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

    /** Another file system as it is. */
    private static class ForwardingFileSystem implements FileSystem {
        private final FileSystem fileSystem;

        ForwardingFileSystem(FileSystem fileSystem) {
            this.fileSystem = fileSystem;
        }

        @Override
        public boolean holds(Path path) throws IOException {
            return fileSystem.holds(path);
        }

        @Override
        public void sync() throws IOException {
            fileSystem.sync();
        }

        @Override
        public void close() throws IOException {
            fileSystem.close();
        }
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
