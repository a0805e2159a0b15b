package io.logpipeline.drain;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file system in memory that several simulated processes share. It keeps what a power loss would
 * leave apart from what processes see: content is durable after a force, names after a force of
 * their directory.
 */
final class SimulatedDisk {
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
        LOCK
    }

    /** What befalls a process at an effect. */
    interface Fate {
        /** Called before each effect; may throw what happens instead. */
        void before(int process, Effect effect) throws IOException;

        /** How many of these bytes one read or write moves: 1 at least. */
        int bytesMoved(int bytes);
    }

    private sealed interface Change {
        byte[] appliedTo(byte[] content);
    }

    private record Written(int at, byte[] bytes) implements Change {
        @Override
        public byte[] appliedTo(byte[] content) {
            byte[] changed = Arrays.copyOf(content, Math.max(content.length, at + bytes.length));
            System.arraycopy(bytes, 0, changed, at, bytes.length);
            return changed;
        }
    }

    private record Cut(int size) implements Change {
        @Override
        public byte[] appliedTo(byte[] content) {
            return Arrays.copyOf(content, size);
        }
    }

    private final class Content {
        private byte[] cached = new byte[0];
        private byte[] durable = new byte[0];
        private final List<Change> dirty = new ArrayList<>();
        private Instant modified = clock.instant();
        private int lockedBy = NOBODY;

        void change(Change change) {
            cached = change.appliedTo(cached);
            dirty.add(change);
            modified = clock.instant();
        }

        void force() {
            for (Change change : dirty) {
                durable = change.appliedTo(durable);
            }
            durable = Arrays.copyOf(durable, cached.length);
            dirty.clear();
        }

        /**
         * Some of the unforced changes reach the disk: the first few whole, the next one torn or as
         * NULs, and perhaps the size of all of them without their bytes.
         */
        void loseUnforced() {
            int kept = random.nextInt(dirty.size() + 1);
            for (Change change : dirty.subList(0, kept)) {
                durable = change.appliedTo(durable);
            }
            if (kept < dirty.size() && dirty.get(kept) instanceof Written torn) {
                durable = damaged(torn).appliedTo(durable);
            }
            boolean cuts = dirty.stream().anyMatch(change -> change instanceof Cut);
            if (!cuts && cached.length > durable.length && random.nextInt(4) == 0) {
                durable = Arrays.copyOf(durable, cached.length);
            }
            dirty.clear();
        }

        /** NULs stand only where the disk held nothing before: a sector keeps its old bytes. */
        private Change damaged(Written torn) {
            byte[] bytes = torn.bytes;
            int split = random.nextInt(bytes.length + 1);
            if (random.nextInt(3) == 0) {
                return new Written(torn.at, Arrays.copyOf(bytes, split));
            }
            byte[] holed = bytes.clone();
            int lost = random.nextBoolean() ? bytes.length : split;
            for (int i = 0; i < lost; i++) {
                holed[i] = torn.at + i < durable.length ? durable[torn.at + i] : 0;
            }
            return new Written(torn.at, holed);
        }
    }

    private static final int NOBODY = -1;

    private final InstantSource clock;
    private final Map<Path, Content> names = new HashMap<>();
    private final Map<Path, Content> durableNames = new HashMap<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> durableDirectories = new HashSet<>();
    private final List<Content> locked = new ArrayList<>();
    private Random random = new Random(0);
    private Fate fate =
            new Fate() {
                @Override
                public void before(int process, Effect effect) {}

                @Override
                public int bytesMoved(int bytes) {
                    return bytes;
                }
            };

    SimulatedDisk(InstantSource clock) {
        this.clock = clock;
    }

    /** Empty, as for the first time. */
    void begin(Random chance, Fate itsFate) {
        random = chance;
        fate = itsFate;
        names.clear();
        durableNames.clear();
        directories.clear();
        durableDirectories.clear();
        locked.clear();
    }

    /** The file system as one process sees it. */
    Disk of(int process) {
        return new View(process);
    }

    /** The kernel's part of a process' end. */
    void died(int process) {
        for (Content each : locked) {
            if (each.lockedBy == process) {
                each.lockedBy = NOBODY;
            }
        }
    }

    /** Everything that was not forced is lost, in whole or in part. */
    void losePower() {
        locked.forEach(each -> each.lockedBy = NOBODY);
        locked.clear();
        Set<Path> lostDirectories = new HashSet<>(directories);
        lostDirectories.removeAll(durableDirectories);
        lostDirectories.removeIf(each -> random.nextBoolean());
        directories.removeIf(each -> lostDirectories.stream().anyMatch(each::startsWith));
        Set<Path> all = new HashSet<>(names.keySet());
        all.addAll(durableNames.keySet());
        for (Path path : all) {
            Content survivor = random.nextBoolean() ? names.get(path) : durableNames.get(path);
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
        for (Content each : names.values()) {
            each.loseUnforced();
            each.cached = each.durable;
        }
    }

    /** Everything becomes durable. */
    void sync() {
        names.values().forEach(Content::force);
        durableNames.clear();
        durableNames.putAll(names);
        durableDirectories.addAll(directories);
    }

    byte[] content(Path path) {
        Content found = names.get(path);
        return found == null ? new byte[0] : found.cached.clone();
    }

    boolean exists(Path path) {
        return names.containsKey(path);
    }

    /** Somebody else takes a file away, durably. */
    byte[] takeAway(Path path) {
        Content taken = Objects.requireNonNull(names.remove(path));
        durableNames.remove(path);
        return taken.cached;
    }

    private final class View implements Disk {
        private final int process;

        View(int process) {
            this.process = process;
        }

        @Override
        public Optional<Stat> stat(Path path) throws IOException {
            fate.before(process, Effect.STAT);
            if (directories.contains(path) || path.getParent() == null) {
                return Optional.of(new Stat(0, clock.instant(), path));
            }
            Content found = names.get(path);
            return Optional.ofNullable(found)
                    .map(each -> new Stat(each.cached.length, each.modified, each));
        }

        @Override
        public boolean create(Path path) throws IOException {
            fate.before(process, Effect.CREATE);
            if (!directories.contains(path.getParent())) {
                throw new NoSuchFileException(path.toString());
            }
            return names.putIfAbsent(path, new Content()) == null;
        }

        @Override
        public boolean createDirectory(Path directory) throws IOException {
            fate.before(process, Effect.CREATE_DIRECTORY);
            return directories.add(directory);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            fate.before(process, Effect.FORCE_DIRECTORY);
            durableNames.keySet().removeIf(path -> isIn(directory, path));
            durableDirectories.removeIf(path -> isIn(directory, path));
            names.forEach((path, content) -> {
                if (isIn(directory, path)) {
                    durableNames.put(path, content);
                }
            });
            directories.stream()
                    .filter(path -> isIn(directory, path))
                    .forEach(durableDirectories::add);
        }

        private static boolean isIn(Path directory, Path path) {
            return directory.equals(path.getParent());
        }

        @Override
        public OpenFile open(Path path) throws IOException {
            fate.before(process, Effect.OPEN);
            Content found = names.get(path);
            if (found == null) {
                throw new NoSuchFileException(path.toString());
            }
            return new Opened(process, found);
        }

        @Override
        public void replace(Path source, Path target) throws IOException {
            fate.before(process, Effect.REPLACE);
            names.put(target, Objects.requireNonNull(names.remove(source)));
        }

        @Override
        public void delete(Path path) throws IOException {
            fate.before(process, Effect.DELETE);
            names.remove(path);
        }
    }

    private final class Opened implements Disk.OpenFile {
        private final int process;
        private @Nullable Content content;

        Opened(int process, Content content) {
            this.process = process;
            this.content = content;
        }

        private Content before(Effect effect) throws IOException {
            fate.before(process, effect);
            if (content == null) {
                throw new AssertionError("used after its end");
            }
            return content;
        }

        @Override
        public long sizeBytes() {
            return Objects.requireNonNull(content).cached.length;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            byte[] bytes = before(Effect.READ).cached;
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
            Content written = before(Effect.WRITE);
            if (position > written.cached.length) {
                throw new AssertionError("written past the end of the file");
            }
            byte[] bytes = new byte[fate.bytesMoved(source.remaining())];
            source.get(bytes);
            written.change(new Written((int) position, bytes));
            return bytes.length;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            before(Effect.TRUNCATE).change(new Cut((int) sizeBytes));
        }

        @Override
        public void force() throws IOException {
            Content forced = Objects.requireNonNull(content);
            try {
                before(Effect.FORCE).force();
            } catch (IOException failed) {
                // The cache is marked clean all the same: what was not written never will be.
                forced.loseUnforced();
                throw failed;
            }
        }

        @Override
        public boolean tryLock() throws IOException {
            Content wanted = before(Effect.LOCK);
            if (wanted.lockedBy != NOBODY && wanted.lockedBy != process) {
                return false;
            }
            wanted.lockedBy = process;
            locked.add(wanted);
            return true;
        }

        @Override
        public void close() {
            if (content != null && content.lockedBy == process) {
                content.lockedBy = NOBODY;
            }
            content = null;
        }
    }
}
