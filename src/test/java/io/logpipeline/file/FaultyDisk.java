package io.logpipeline.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A disk that notes every effect, in order, and fails or dies at the n-th of a kind.
 *
 * <p>Invariants, asserted at every effect on a day file: it is changed only under its lock, never
 * below what the test says is settled, and never written past its end.
 */
final class FaultyDisk implements Disk {
    enum Effect {
        STAT,
        CREATE,
        CREATE_DIRECTORY,
        FORCE_DIRECTORY,
        OPEN,
        REPLACE,
        DELETE,
        READ,
        WRITE,
        TRUNCATE,
        FORCE,
        LOCK,
        OPEN_FILE_SYSTEM,
        HOLDS,
        SYNC
    }

    /** The process is dead: nothing of it runs any more. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed(String at) {
            super(at);
        }
    }

    private enum Fault {
        FAIL,
        KILL
    }

    private record Planned(Effect effect, int nth, Fault fault) {}

    private final Disk disk;
    private final List<String> effects = new ArrayList<>();
    private final Map<Effect, Integer> counts = new EnumMap<>(Effect.class);
    private @Nullable Planned planned;
    private boolean struck;
    private boolean dead;
    private int bytesPerWriteMax = Integer.MAX_VALUE;
    private long settledBytes;
    private boolean holdsNothing;

    FaultyDisk(Disk disk) {
        this.disk = disk;
    }

    /** The n-th effect of this kind from now on throws an IOException and does nothing. */
    FaultyDisk failAt(Effect effect, int nth) {
        return plan(new Planned(effect, nth, Fault.FAIL));
    }

    /** The process dies instead of the n-th effect of this kind from now on. */
    FaultyDisk killAt(Effect effect, int nth) {
        return plan(new Planned(effect, nth, Fault.KILL));
    }

    private FaultyDisk plan(Planned fault) {
        planned = fault;
        struck = false;
        dead = false;
        counts.clear();
        effects.clear();
        return this;
    }

    /** Works from now on, in the name of a living process. */
    FaultyDisk heal() {
        planned = null;
        dead = false;
        effects.clear();
        return this;
    }

    FaultyDisk writingAtMost(int bytes) {
        bytesPerWriteMax = bytes;
        return this;
    }

    /** Bytes of the day file that nobody may change. */
    FaultyDisk settled(long bytes) {
        settledBytes = bytes;
        return this;
    }

    /** Every path leads to another file system. */
    FaultyDisk holdingNothing() {
        holdsNothing = true;
        return this;
    }

    /** Whether the planned fault happened. */
    boolean struck() {
        return struck;
    }

    /** What was done, as {@code WRITE 7.jsonl 0+12}. */
    List<String> effects() {
        return List.copyOf(effects);
    }

    private void before(Effect effect, Path path, String details) throws IOException {
        if (dead) {
            throw new Killed("dead before " + effect);
        }
        int count = counts.merge(effect, 1, Integer::sum);
        if (planned != null && planned.effect == effect && planned.nth == count) {
            struck = true;
            if (planned.fault == Fault.KILL) {
                dead = true;
                throw new Killed(effect + " " + count);
            }
            throw new IOException("No space left on device (" + effect + " " + count + ")");
        }
        effects.add((effect + " " + path.getFileName() + " " + details).strip());
    }

    @Override
    public Optional<Stat> stat(Path path) throws IOException {
        before(Effect.STAT, path, "");
        return disk.stat(path);
    }

    @Override
    public boolean create(Path path) throws IOException {
        before(Effect.CREATE, path, "");
        return disk.create(path);
    }

    @Override
    public boolean createDirectory(Path directory) throws IOException {
        before(Effect.CREATE_DIRECTORY, directory, "");
        return disk.createDirectory(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        before(Effect.FORCE_DIRECTORY, directory, "");
        disk.forceDirectory(directory);
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        before(Effect.OPEN, path, "");
        return new FaultyFile(path, disk.open(path));
    }

    @Override
    public FileSystem openFileSystem(Path directory) throws IOException {
        before(Effect.OPEN_FILE_SYSTEM, directory, "");
        FileSystem fileSystem = disk.openFileSystem(directory);
        return new FileSystem() {
            @Override
            public boolean holds(Path path) throws IOException {
                before(Effect.HOLDS, path, "");
                return !holdsNothing && fileSystem.holds(path);
            }

            @Override
            public void sync() throws IOException {
                before(Effect.SYNC, directory, "");
                fileSystem.sync();
            }

            @Override
            public void close() throws IOException {
                fileSystem.close();
            }
        };
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        before(Effect.REPLACE, target, "");
        disk.replace(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        before(Effect.DELETE, path, "");
        disk.delete(path);
    }

    private final class FaultyFile implements OpenFile {
        private final Path path;
        private final OpenFile file;
        private boolean locked;

        FaultyFile(Path path, OpenFile file) {
            this.path = path;
            this.file = file;
        }

        private boolean isDayFile() {
            return path.toString().endsWith(".jsonl");
        }

        private void checkChange(long from) {
            if (isDayFile() && !locked) {
                throw new AssertionError("changed without its lock: " + path);
            }
            if (isDayFile() && from < settledBytes) {
                throw new AssertionError("changed settled bytes at " + from);
            }
        }

        @Override
        public long sizeBytes() throws IOException {
            return file.sizeBytes();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            before(Effect.READ, path, Long.toString(position));
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            checkChange(position);
            if (position > file.sizeBytes()) {
                throw new AssertionError("written past the end at " + position);
            }
            int count = Math.min(source.remaining(), bytesPerWriteMax);
            before(Effect.WRITE, path, position + "+" + count);
            int written = file.write(source.slice(source.position(), count), position);
            source.position(source.position() + written);
            return written;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            checkChange(sizeBytes);
            before(Effect.TRUNCATE, path, Long.toString(sizeBytes));
            file.truncate(sizeBytes);
        }

        @Override
        public void force() throws IOException {
            before(Effect.FORCE, path, "");
            file.force();
        }

        @Override
        public boolean tryLock() throws IOException {
            before(Effect.LOCK, path, "");
            locked = file.tryLock();
            return locked;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
