package io.logpipeline.file;

import io.logpipeline.event.UserDay;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Appends a batch to its day file, once, whole and in order. For one thread.
 *
 * <p>Invariants: bytes below the ledger's position never change; every write and truncation happens
 * under the file's lock, after the tail was verified under that lock, at or above the position;
 * nothing is written past the end of the file; success is reported only after a force by the
 * process that wrote the pages.
 */
public final class DayFileWriter {
    private static final Duration LOCK_POLL = Duration.ofMillis(5);
    private static final byte[] BREAK = {Line.BREAK};

    private final DayFiles files;
    private final Disk disk;
    private final Runnable progress;
    private final ByteBuffer buffer;

    DayFileWriter(DayFiles files, Runnable progress) {
        this.files = files;
        this.progress = progress;
        this.disk = files.disk;
        this.buffer = ByteBuffer.allocateDirect(files.bufferBytes);
    }

    /**
     * Brings the file to hold every element after {@code position}.
     *
     * @param sighting how the file was seen before the elements were claimed
     * @param position the ledger's position in bytes: all before it is settled
     * @throws IOException when the file could not be written: it is cut back to what it held, and
     *     the same append may be tried again. A failed force does not come back here: {@link
     *     FailStop}.
     */
    public AppendOutcome append(
            UserDay userDay, Sighting sighting, long position, List<byte[]> elements)
            throws IOException {
        if (!files.enter(userDay)) {
            return new AppendOutcome.Locked(Duration.ZERO);
        }
        try {
            return lockAndAppend(files.path(userDay), sighting, position, elements);
        } finally {
            files.leave(userDay);
        }
    }

    private AppendOutcome lockAndAppend(
            Path path, Sighting sighting, long position, List<byte[]> elements) throws IOException {
        long startNanos = files.clock.nanoTime();
        files.forces.prepare();
        Optional<Disk.Stat> before = disk.stat(path);
        if (before.isEmpty()) {
            files.create(path);
        }
        if (before.isEmpty() || !sighting.stillHolds(before)) {
            return new AppendOutcome.Overtaken();
        }
        if (!files.enter(before.get())) {
            return new AppendOutcome.Locked(Duration.ZERO);
        }
        try {
            return openAndAppend(path, sighting, startNanos, position, elements);
        } finally {
            files.leave(before.get());
        }
    }

    private AppendOutcome openAndAppend(
            Path path, Sighting sighting, long startNanos, long position, List<byte[]> elements)
            throws IOException {
        try (Disk.OpenFile file = disk.open(path)) {
            if (!lock(file, startNanos)) {
                return new AppendOutcome.Locked(files.clock.since(startNanos));
            }
            // The lock belongs to the file that is open: while waiting for it, its path may have
            // been given to another one, and its holder may have written.
            if (!sighting.stillHolds(disk.stat(path))) {
                return new AppendOutcome.Overtaken();
            }
            boolean syncsTogether = files.forces.syncsTogether(path);
            long sizeBytes = file.sizeBytes();
            return sizeBytes < position
                    ? new AppendOutcome.Replaced(sizeBytes)
                    : new Append(file, path, position, sizeBytes, syncsTogether, elements)
                            .run(position == sighting.firstPosition(), sighting.directoryNamed());
        } catch (NoSuchFileException movedAway) {
            return new AppendOutcome.Overtaken();
        }
    }

    private boolean timedOut(long startNanos) {
        return files.clock.since(startNanos).compareTo(files.lockTimeout) > 0;
    }

    private boolean lock(Disk.OpenFile file, long startNanos) throws IOException {
        while (!file.tryLock()) {
            if (timedOut(startNanos)) {
                return false;
            }
            files.clock.pause(LOCK_POLL);
        }
        return true;
    }

    /** One append under the file's lock. */
    private final class Append {
        private final Disk.OpenFile file;
        private final Path path;
        private final List<byte[]> lines;
        private final long sizeBefore;
        private final long verifiedFrom;
        private final boolean syncsTogether;

        Append(
                Disk.OpenFile file,
                Path path,
                long position,
                long sizeBefore,
                boolean syncsTogether,
                List<byte[]> elements) {
            this.file = file;
            this.path = path;
            this.lines = Line.ofAll(elements);
            this.sizeBefore = sizeBefore;
            this.verifiedFrom = position;
            this.syncsTogether = syncsTogether;
        }

        AppendOutcome run(boolean entryInDoubt, boolean directoryNamed) throws IOException {
            boolean insideLine = endsInsideLine(verifiedFrom);
            Tail tail =
                    Tail.read(file, verifiedFrom, insideLine, sizeBefore, lines, buffer, progress);
            if (tail.end() < sizeBefore) {
                new TornTail(files, buffer).save(file, path, tail.end(), sizeBefore);
                file.truncate(tail.end());
                // Else a power loss may keep new lines here and forget the cut: their end would be
                // glued to what was torn.
                files.forces.forceContent(file, path);
            }
            List<byte[]> missing = lines;
            long lastMatchEnd = verifiedFrom;
            if (!tail.isEmpty()) {
                missing = new ArrayList<>();
                long[] matchEnds = tail.match(lines);
                for (int i = 0; i < matchEnds.length; i++) {
                    if (matchEnds[i] < 0) {
                        missing.add(lines.get(i));
                    } else {
                        lastMatchEnd = Math.max(lastMatchEnd, matchEnds[i]);
                    }
                }
            }
            long end = writeOrCutBack(tail, insideLine, lastMatchEnd, missing);
            long forceStartNanos = files.clock.nanoTime();
            // A file whose entry may never have been forced: new, of a process that died, or of one
            // that no ledger knows.
            if (syncsTogether) {
                files.forces.syncAll();
            } else {
                files.forces.force(
                        file,
                        path,
                        entryInDoubt || verifiedFrom == 0 || !tail.isEmpty(),
                        directoryNamed);
            }
            int applied = lines.size() - missing.size();
            // With nothing missing, whole lines behind the last match may be the next batch's.
            return new AppendOutcome.Appended(
                    missing.isEmpty() ? lastMatchEnd : end,
                    end - tail.end(),
                    applied,
                    sizeBefore - tail.end(),
                    tail.lines() > applied,
                    files.clock.since(forceStartNanos));
        }

        private long writeOrCutBack(
                Tail tail, boolean insideLine, long lastMatchEnd, List<byte[]> missing)
                throws IOException {
            try {
                // The page cache may hold lines that a failed force left off the disk, marked
                // clean.
                rewrite(verifiedFrom, missing.isEmpty() ? lastMatchEnd : tail.end());
                return missing.isEmpty()
                        ? tail.end()
                        : writeLines(tail.end(), insideLine && tail.isEmpty(), missing);
            } catch (IOException failure) {
                cutBack(file, tail.end(), failure);
                throw failure;
            }
        }

        private long writeLines(long end, boolean breakFirst, List<byte[]> missing)
                throws IOException {
            long at = end;
            buffer.clear();
            if (breakFirst) {
                at = put(at, BREAK);
            }
            for (byte[] line : missing) {
                at = put(at, line);
                at = put(at, BREAK);
            }
            return flush(at);
        }

        /** A file of others may end without a line feed; what follows must not be glued to it. */
        private boolean endsInsideLine(long end) throws IOException {
            if (end == 0) {
                return false;
            }
            buffer.clear().limit(1);
            return file.read(buffer, end - 1) == 1 && buffer.get(0) != Line.BREAK;
        }

        private long put(long position, byte[] bytes) throws IOException {
            long at = position;
            int from = 0;
            while (from < bytes.length) {
                if (!buffer.hasRemaining()) {
                    at = flush(at);
                }
                int count = Math.min(buffer.remaining(), bytes.length - from);
                buffer.put(bytes, from, count);
                from += count;
            }
            return at;
        }

        private long flush(long position) throws IOException {
            progress.run();
            buffer.flip();
            long at = writeFully(file, buffer, position);
            buffer.clear();
            return at;
        }

        private void rewrite(long from, long to) throws IOException {
            long at = from;
            while (at < to) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
                if (file.read(buffer, at) <= 0) {
                    throw new IOException("the file shrank under its lock");
                }
                progress.run();
                at = writeFully(file, buffer.flip(), at);
            }
        }
    }

    static void cutBack(Disk.OpenFile file, long end, IOException failure) {
        try {
            if (file.sizeBytes() > end) {
                file.truncate(end);
            }
        } catch (IOException second) {
            // What stays behind is a tail like a crash's: the next append verifies it.
            failure.addSuppressed(second);
        }
    }

    static long writeFully(Disk.OpenFile file, ByteBuffer source, long position)
            throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            int count = file.write(source, at);
            if (count <= 0) {
                throw new IOException("the disk took no more bytes");
            }
            at += count;
        }
        return at;
    }
}
