package io.logpipeline.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operating system's files, by {@code java.nio}. */
public final class NioDisk implements Disk {
    @Override
    public Optional<Space> space(Path path) throws IOException {
        FileStore store = Files.getFileStore(path);
        return Optional.of(new Space(store.getUsableSpace(), store.getTotalSpace()));
    }

    @Override
    public Optional<Stat> stat(Path path) throws IOException {
        BasicFileAttributes found = attributes(path);
        if (found == null) {
            return Optional.empty();
        }
        Object identity = Objects.requireNonNullElse(found.fileKey(), path);
        return Optional.of(new Stat(found.size(), found.lastModifiedTime().toInstant(), identity));
    }

    /** Without an exception where a file is new: one would cost more than the call. */
    private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return path.getFileSystem()
                    .provider()
                    .readAttributesIfExists(path, BasicFileAttributes.class);
        } catch (FileSystemException perhapsBelowAFile) {
            return attributesOrWhyNot(path);
        }
    }

    private static @Nullable BasicFileAttributes attributesOrWhyNot(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    @Override
    public boolean create(Path path) throws IOException {
        try {
            FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW).close();
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    @Override
    public boolean createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException taken) {
            if (Files.isDirectory(directory)) {
                return false;
            }
            throw taken;
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = openDirectory(directory)) {
            channel.force(true);
        }
    }

    private static FileChannel openDirectory(Path directory) throws NotOpened {
        try {
            return FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException failure) {
            throw new NotOpened(failure);
        }
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return new NioFile(
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public FileSystem openFileSystem(Path directory) throws IOException {
        return LinuxFileSystem.open(directory);
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        Files.move(
                source,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    private record NioFile(FileChannel channel) implements OpenFile {
        @Override
        public long sizeBytes() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return channel.write(source, position);
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            channel.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public boolean tryLock() throws IOException {
            try {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException ownProcess) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
