package io.logpipeline.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The file system as the day files see it: each method is one named effect, so that a test can
 * fail, delay or kill at it. {@link NioDisk} is the real one.
 */
public interface Disk {
    /**
     * What a path names at this moment; {@code identity} differs between two files alive at once.
     */
    record Stat(long sizeBytes, Instant modified, Object identity) {}

    /** How much room a file system has, for those who may write here. */
    record Space(long freeBytes, long sizeBytes) {}

    /** The room where a path lies; empty when that can't be told. */
    default Optional<Space> space(Path path) throws IOException {
        return Optional.empty();
    }

    /** Looks a path up; empty when there is no such file. */
    Optional<Stat> stat(Path path) throws IOException;

    /** Creates an empty file; false when the path is taken already. */
    boolean create(Path path) throws IOException;

    /** Creates one directory; false when it is there already. */
    boolean createDirectory(Path directory) throws IOException;

    /** A directory that could not even be opened to be forced: that proves nothing lost. */
    final class NotOpened extends IOException {
        private static final long serialVersionUID = 1L;

        private final IOException reason;

        NotOpened(IOException reason) {
            super(reason);
            this.reason = reason;
        }

        /** Why it could not be opened: what an operator has to know. */
        public IOException reason() {
            return reason;
        }
    }

    /**
     * Makes the entries of a directory durable.
     *
     * @throws NotOpened when it was not tried; any other exception is a failed force
     */
    void forceDirectory(Path directory) throws IOException;

    /** Opens an existing file for reading and writing at given positions, never for appending. */
    OpenFile open(Path path) throws IOException;

    /** Opens the file system where a directory lies, to sync what is written from then on. */
    FileSystem openFileSystem(Path directory) throws IOException;

    /** Moves a file over another one, at once for every reader. */
    void replace(Path source, Path target) throws IOException;

    /** Removes a file; nothing happens when there is none. */
    void delete(Path path) throws IOException;

    /** An open file system. */
    interface FileSystem extends Closeable {
        /** Whether a path leads to it, not to another one. */
        boolean holds(Path path) throws IOException;

        /**
         * Makes everything on it durable, names and contents. Fails as well when a write that was
         * made since it was opened has failed; after that nothing read from it is proof.
         */
        void sync() throws IOException;
    }

    /** An open file. Closing it releases its lock. */
    interface OpenFile extends Closeable {
        long sizeBytes() throws IOException;

        /** Reads up to the buffer's limit from a position; -1 at the end of the file. */
        int read(ByteBuffer target, long position) throws IOException;

        /** Writes at a position; may write less than was asked for. */
        int write(ByteBuffer source, long position) throws IOException;

        void truncate(long sizeBytes) throws IOException;

        /** Makes content and size durable. After a failure nothing read from this file is proof. */
        void force() throws IOException;

        /** Takes the lock of the whole file against other processes; false when one holds it. */
        boolean tryLock() throws IOException;
    }
}
