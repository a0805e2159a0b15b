package io.logpipeline.faults;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** The real disk with a fault at one of its steps. */
public final class FaultingDisk implements Disk {
    private final Disk disk;
    private final Conduct conduct;

    public FaultingDisk(Disk disk, Conduct conduct) {
        this.disk = disk;
        this.conduct = conduct;
    }

    private interface Effect<T> {
        T run() throws IOException;
    }

    private interface Action {
        void run() throws IOException;
    }

    private <T> T at(String method, Path path, Effect<T> effect) throws IOException {
        strike(method, path, Moment.BEFORE);
        T result = effect.run();
        strike(method, path, Moment.AFTER);
        return result;
    }

    private void run(String method, Path path, Action action) throws IOException {
        at(
                method,
                path,
                () -> {
                    action.run();
                    return true;
                });
    }

    private void strike(String method, Path path, Moment moment) throws IOException {
        Fault fault = conduct.strike(step(method, path), path.toString(), moment);
        if (fault != null && !conduct.suffer(fault)) {
            throw DiskErrors.of(fault, method, path);
        }
    }

    /** {@code disk.}, the method, and which of the directory's files or directories it is. */
    static String step(String method, Path path) {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        String target =
                switch (name) {
                    case ".log-pipeline" -> "dot";
                    case ".log-pipeline.new" -> "newdot";
                    case ".log-pipeline.lock" -> "dotlock";
                    case ".log-pipeline.probe" -> "probe";
                    case "logs" -> "logs";
                    default ->
                            name.endsWith(".jsonl")
                                    ? "day"
                                    : name.endsWith(".torn")
                                            ? "torn"
                                            : name.startsWith("user_") ? "user" : "above";
                };
        return "disk." + method + "@" + target;
    }

    @Override
    public Optional<Space> space(Path path) throws IOException {
        return at("space", path, () -> disk.space(path));
    }

    @Override
    public Optional<Stat> stat(Path path) throws IOException {
        return at("stat", path, () -> disk.stat(path));
    }

    @Override
    public boolean create(Path path) throws IOException {
        return at("create", path, () -> disk.create(path));
    }

    @Override
    public boolean createDirectory(Path directory) throws IOException {
        return at("createDirectory", directory, () -> disk.createDirectory(directory));
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        run("forceDirectory", directory, () -> disk.forceDirectory(directory));
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return at("open", path, () -> new Opened(disk.open(path), path));
    }

    @Override
    public FileSystem openFileSystem(Path directory) throws IOException {
        FileSystem fileSystem =
                at("openFileSystem", directory, () -> disk.openFileSystem(directory));
        return new FileSystem() {
            @Override
            public boolean holds(Path path) throws IOException {
                return at("holds", path, () -> fileSystem.holds(path));
            }

            @Override
            public void sync() throws IOException {
                FaultingDisk.this.run("sync", directory, fileSystem::sync);
            }

            @Override
            public void close() throws IOException {
                fileSystem.close();
            }
        };
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        run("replace", target, () -> disk.replace(source, target));
    }

    @Override
    public void delete(Path path) throws IOException {
        run("delete", path, () -> disk.delete(path));
    }

    private final class Opened implements OpenFile {
        private final OpenFile file;
        private final Path path;
        private boolean full;

        Opened(OpenFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public long sizeBytes() throws IOException {
            return at("sizeBytes", path, file::sizeBytes);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int limit = target.limit();
            Fault fault = conduct.strike(step("read", path), path.toString(), Moment.BEFORE);
            if (fault == Fault.SHORT) {
                target.limit(target.position() + half(target));
            } else if (fault != null && !conduct.suffer(fault)) {
                throw DiskErrors.of(fault, "read", path);
            }
            int count = file.read(target, position);
            target.limit(limit);
            strike("read", path, Moment.AFTER);
            return count;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (full) {
                full = false;
                throw DiskErrors.of(Fault.ENOSPC, "write", path);
            }
            strike("write", path, Moment.BEFORE);
            Fault fault = conduct.strike(step("write", path), path.toString(), Moment.MIDDLE);
            if (fault == null) {
                int count = file.write(source, position);
                strike("write", path, Moment.AFTER);
                return count;
            }
            ByteBuffer first = source.slice(source.position(), half(source));
            int count = file.write(first, position);
            source.position(source.position() + count);
            conduct.suffer(fault);
            full = fault == Fault.TORN;
            return count;
        }

        private static int half(ByteBuffer buffer) {
            return Math.max(1, buffer.remaining() / 2);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            FaultingDisk.this.run("truncate", path, () -> file.truncate(sizeBytes));
        }

        @Override
        public void force() throws IOException {
            FaultingDisk.this.run("force", path, file::force);
        }

        @Override
        public boolean tryLock() throws IOException {
            return at("tryLock", path, file::tryLock);
        }

        @Override
        public void close() throws IOException {
            FaultingDisk.this.run("close", path, file::close);
        }
    }
}
