package io.logpipeline.faults;

import io.logpipeline.faults.FaultPlan.Moment;
import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** The real disk with a fault at one of its effects below a user's directory. */
public final class FaultingDisk implements Disk {
    private final Disk disk;
    private final FaultPlan plan;

    public FaultingDisk(Disk disk, FaultPlan plan) {
        this.disk = disk;
        this.plan = plan;
    }

    private interface Effect<T> {
        T run() throws IOException;
    }

    private <T> T at(String name, Path path, Effect<T> effect) throws IOException {
        if (!path.toString().contains("user_")) {
            return effect.run();
        }
        if (plan.strikes("disk." + name, Moment.BEFORE)) {
            throw new IOException("No space left on device");
        }
        T result = effect.run();
        if (plan.strikes("disk." + name, Moment.AFTER)) {
            throw new IOException("Input/output error");
        }
        return result;
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
        at(
                "forceDirectory",
                directory,
                () -> {
                    disk.forceDirectory(directory);
                    return true;
                });
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return new Opened(at("open", path, () -> disk.open(path)), path);
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
        private final Path path;

        Opened(OpenFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return at("read", path, () -> file.read(target, position));
        }

        /** In two halves, so that a fault after the first leaves a torn line. */
        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            int half = Math.max(1, source.remaining() / 2);
            ByteBuffer first = source.slice(source.position(), half);
            int written = at("write", path, () -> file.write(first, position));
            source.position(source.position() + written);
            return written;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            at(
                    "truncate",
                    path,
                    () -> {
                        file.truncate(sizeBytes);
                        return true;
                    });
        }

        @Override
        public void force() throws IOException {
            at(
                    "force",
                    path,
                    () -> {
                        file.force();
                        return true;
                    });
        }

        @Override
        public boolean tryLock() throws IOException {
            return at("lock", path, file::tryLock);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
