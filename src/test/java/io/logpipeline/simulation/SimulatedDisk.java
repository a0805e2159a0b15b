package io.logpipeline.simulation;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A file system that several processes share. Content is durable after a force, a name after a
 * force of its directory; a crash of the machine keeps that and, of the rest, what chance decides.
 */
public final class SimulatedDisk {
    private static final int STEP_MILLIS = 4;

    public enum Effect {
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

    /** What befalls a process at an effect. */
    public interface Fate {
        /**
         * Comes before each effect: others may move meanwhile, and the process may never go on.
         *
         * @throws IOException when the effect fails before it did anything
         */
        void before(Object process, Effect effect, Path path) throws IOException;

        /** How many of these bytes one read or write moves: 1 at least. */
        int bytesMoved(int bytes);
    }

    private final SimulatedClock clock;
    private final Duration clockOffset;
    private final Fate fate;
    private final Decisions decisions;
    private final Map<Path, SimulatedFile> names = new TreeMap<>();
    private final Map<Path, SimulatedFile> durableNames = new TreeMap<>();
    private final TreeSet<Path> directories = new TreeSet<>();
    private final TreeSet<Path> durableDirectories = new TreeSet<>();
    private int failedWrites;

    /**
     * @param clockOffset how far the file system's clock is ahead of the processes'
     */
    public SimulatedDisk(
            SimulatedClock clock, Duration clockOffset, Fate fate, Decisions decisions) {
        this.clock = clock;
        this.clockOffset = clockOffset;
        this.fate = fate;
        this.decisions = decisions;
        directories.add(Path.of("/"));
        durableDirectories.add(Path.of("/"));
    }

    /** The disk as one process sees it. */
    public Disk of(Object process) {
        return new View(process);
    }

    /** The kernel gives a dead process' locks back. */
    public void processDied(Object process) {
        for (SimulatedFile file : names.values()) {
            if (file.lockOwner == process) {
                file.lockOwner = null;
            }
        }
    }

    /** What processes read there now; nothing where there is no file. */
    public byte[] content(Path path) {
        SimulatedFile file = names.get(path);
        return file == null ? new byte[0] : file.cached().clone();
    }

    public boolean exists(Path path) {
        return names.containsKey(path);
    }

    /** The time since it was changed; zero where there is no file. */
    public Duration age(Path path) {
        SimulatedFile file = names.get(path);
        return file == null ? Duration.ZERO : Duration.between(file.modified, now());
    }

    /** Whether some process holds its lock. */
    public boolean isLocked(Path path) {
        SimulatedFile file = names.get(path);
        return file != null && file.lockOwner != null;
    }

    /** Whether everything written to it is on the disk. */
    public boolean isForced(Path path) {
        SimulatedFile file = names.get(path);
        return file == null || file.isForced();
    }

    /** Whether what processes read there is, or will be, on the disk: no force failed on it. */
    public boolean isHonest(Path path) {
        SimulatedFile file = names.get(path);
        return file == null || file.isHonest();
    }

    /** Whether a crash now would meet {@link SimulatedFile#isContested}. */
    public boolean isContested() {
        return names.values().stream().anyMatch(SimulatedFile::isContested);
    }

    /** Day files, those that were moved away before those in their place. */
    public List<Path> dayFiles() {
        return names.keySet().stream()
                .filter(path -> path.toString().contains(".jsonl"))
                .filter(path -> !path.toString().endsWith(".torn"))
                .sorted(
                        Comparator.comparing(Path::getParent)
                                .thenComparing(path -> path.toString().endsWith(".jsonl"))
                                .thenComparing(path -> path.toString().length())
                                .thenComparing(path -> path))
                .toList();
    }

    /** As logrotate does; durable at once. */
    public void moveAway(Path path, Path target) {
        SimulatedFile file = names.remove(path);
        durableNames.remove(path);
        names.put(target, file);
        durableNames.put(target, file);
    }

    /** The kernel has written what the files hold, but not yet which files there are. */
    public void syncContents() {
        names.values().forEach(SimulatedFile::force);
    }

    /** The kernel has written everything. */
    public void sync() {
        syncContents();
        durableNames.clear();
        durableNames.putAll(names);
        durableDirectories.addAll(directories);
    }

    /** Power fails: what was not forced may be gone. */
    public void crash() {
        directories.removeIf(path -> !durableDirectories.contains(path) && decisions.pick(2) == 1);
        directories.removeIf(path -> isBelowNothing(path));
        TreeSet<Path> all = new TreeSet<>(names.keySet());
        all.addAll(durableNames.keySet());
        for (Path path : all) {
            SimulatedFile now = names.get(path);
            SimulatedFile forced = durableNames.get(path);
            SimulatedFile survivor = now == forced || decisions.pick(2) == 0 ? now : forced;
            if (survivor == null || !directories.contains(path.getParent())) {
                names.remove(path);
            } else {
                names.put(path, survivor);
            }
        }
        durableNames.clear();
        durableNames.putAll(names);
        durableDirectories.clear();
        durableDirectories.addAll(directories);
        names.values().forEach(file -> file.crash(decisions));
    }

    private boolean isBelowNothing(Path directory) {
        Path parent = directory.getParent();
        return parent != null && !directories.contains(parent);
    }

    /** In steps, as the kernel keeps the time of files. */
    private Instant now() {
        Instant exact = clock.instant().plus(clockOffset);
        return exact.minusMillis(Math.floorMod(exact.toEpochMilli(), STEP_MILLIS))
                .truncatedTo(ChronoUnit.MILLIS);
    }

    private final class View implements Disk {
        private final Object process;

        View(Object process) {
            this.process = process;
        }

        @Override
        public Optional<Stat> stat(Path path) throws IOException {
            fate.before(process, Effect.STAT, path);
            SimulatedFile file = names.get(path);
            if (file != null) {
                return Optional.of(new Stat(file.size(), file.modified, file));
            }
            return directories.contains(path)
                    ? Optional.of(new Stat(0, now(), path))
                    : Optional.empty();
        }

        @Override
        public boolean create(Path path) throws IOException {
            fate.before(process, Effect.CREATE, path);
            if (!directories.contains(path.getParent())) {
                throw new NoSuchFileException(path.toString());
            }
            boolean keepsBytes = !path.toString().endsWith(".probe");
            return names.putIfAbsent(path, new SimulatedFile(now(), keepsBytes)) == null;
        }

        @Override
        public boolean createDirectory(Path directory) throws IOException {
            fate.before(process, Effect.CREATE_DIRECTORY, directory);
            return directories.add(directory);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            fate.before(process, Effect.FORCE_DIRECTORY, directory);
            durableNames.keySet().removeIf(path -> directory.equals(path.getParent()));
            names.forEach((path, file) -> {
                if (directory.equals(path.getParent())) {
                    durableNames.put(path, file);
                }
            });
            for (Path path : directories) {
                if (directory.equals(path.getParent())) {
                    durableDirectories.add(path);
                }
            }
        }

        @Override
        public OpenFile open(Path path) throws IOException {
            fate.before(process, Effect.OPEN, path);
            SimulatedFile file = names.get(path);
            if (file == null) {
                throw new NoSuchFileException(path.toString());
            }
            return new Opened(process, path, file);
        }

        @Override
        public FileSystem openFileSystem(Path directory) throws IOException {
            fate.before(process, Effect.OPEN_FILE_SYSTEM, directory);
            return new OpenedFileSystem(process, directory);
        }

        @Override
        public void replace(Path source, Path target) throws IOException {
            fate.before(process, Effect.REPLACE, target);
            SimulatedFile file = names.remove(source);
            if (file == null) {
                throw new NoSuchFileException(source.toString());
            }
            names.put(target, file);
        }

        @Override
        public void delete(Path path) throws IOException {
            fate.before(process, Effect.DELETE, path);
            names.remove(path);
        }
    }

    /** As syncfs(2) has it: a write that failed is told of once a descriptor that was open then. */
    private final class OpenedFileSystem implements Disk.FileSystem {
        private final Object process;
        private final Path directory;
        private int toldOf = failedWrites;

        OpenedFileSystem(Object process, Path directory) {
            this.process = process;
            this.directory = directory;
        }

        @Override
        public boolean holds(Path path) throws IOException {
            fate.before(process, Effect.HOLDS, path);
            return true;
        }

        @Override
        public void sync() throws IOException {
            try {
                fate.before(process, Effect.SYNC, directory);
            } catch (IOException failure) {
                failedWrites++;
                names.values().stream()
                        .filter(file -> decisions.pick(2) == 0)
                        .forEach(file -> file.failForce(decisions));
            }
            SimulatedDisk.this.sync();
            if (toldOf != failedWrites) {
                toldOf = failedWrites;
                throw new IOException("a write failed");
            }
        }

        @Override
        public void close() {}
    }

    private final class Opened implements Disk.OpenFile {
        private final Object process;
        private final Path path;
        private final SimulatedFile file;
        private boolean closed;

        Opened(Object process, Path path, SimulatedFile file) {
            this.process = process;
            this.path = path;
            this.file = file;
        }

        private void before(Effect effect) throws IOException {
            fate.before(process, effect, path);
            if (closed) {
                throw new AssertionError(path + " is used after its end");
            }
        }

        @Override
        public long sizeBytes() {
            return file.size();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            before(Effect.READ);
            byte[] bytes = file.cached();
            int left = bytes.length - (int) position;
            if (left <= 0) {
                return -1;
            }
            int count = fate.bytesMoved(Math.min(left, target.remaining()));
            target.put(bytes, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            before(Effect.WRITE);
            if (position > file.size() && file.keepsBytes()) {
                throw new AssertionError("a write past the end of " + path + " leaves a gap");
            }
            byte[] bytes = new byte[fate.bytesMoved(source.remaining())];
            source.get(bytes);
            file.write((int) position, bytes, now());
            return bytes.length;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            before(Effect.TRUNCATE);
            if (sizeBytes < file.size()) {
                file.cut((int) sizeBytes, now());
            }
        }

        @Override
        public void force() throws IOException {
            try {
                before(Effect.FORCE);
            } catch (IOException failure) {
                file.failForce(decisions);
                failedWrites++;
                throw failure;
            }
            file.force();
        }

        @Override
        public boolean tryLock() throws IOException {
            before(Effect.LOCK);
            if (file.lockOwner != null) {
                return false;
            }
            file.lockOwner = process;
            return true;
        }

        /** As POSIX has it: the process' lock ends with any of its descriptors of that file. */
        @Override
        public void close() {
            closed = true;
            if (file.lockOwner == process) {
                file.lockOwner = null;
            }
        }
    }
}
