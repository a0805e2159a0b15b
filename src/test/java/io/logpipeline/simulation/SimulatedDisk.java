package io.logpipeline.simulation;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file system of which the state in the page cache and the state on the disk are kept apart. A
 * machine crash keeps what was forced and, of the rest, whatever chance decides: nothing, all, or
 * pieces with holes of NULs between them.
 */
public final class SimulatedDisk {
    /** Stands before each effect: lets others move, ends the process, or fails the effect. */
    public interface Steps {
        /**
         * @param owner the process that acts
         * @param effect such as {@code "write"}
         * @return how many bytes of a write succeed before it fails; negative when it does not fail
         * @throws IOException when the effect fails before it did anything
         */
        int before(Object owner, String effect, Path path, int bytes) throws IOException;
    }

    private record Change(long position, byte[] bytes, boolean truncates) {}

    private static final class Node {
        private byte[] cached = {};
        private byte[] durable = {};
        private List<Change> unforced = new ArrayList<>();
        private Instant modified = Instant.EPOCH;
        private Object lockOwner;
    }

    private final SimulatedClock clock;
    private final Steps steps;
    private final Map<Path, Node> files = new TreeMap<>();
    private final Set<Path> durableFiles = new HashSet<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> durableDirectories = new HashSet<>();

    public SimulatedDisk(SimulatedClock clock, Steps steps) {
        this.clock = clock;
        this.steps = steps;
        directories.add(Path.of("/"));
        durableDirectories.add(Path.of("/"));
    }

    /** The disk as one process sees it. */
    public Disk of(Object owner) {
        return new View(owner);
    }

    /** The kernel gives a dead process' locks back. */
    public void processDied(Object owner) {
        for (Node node : files.values()) {
            if (node.lockOwner == owner) {
                node.lockOwner = null;
            }
        }
    }

    /** What a file holds now, or nothing. */
    public byte[] content(Path path) {
        Node node = files.get(path);
        return node == null ? new byte[0] : node.cached.clone();
    }

    /** Day files that exist. */
    public List<Path> dayFiles() {
        return files.keySet().stream()
                .filter(path -> path.toString().contains(".jsonl"))
                .filter(path -> !path.toString().endsWith(".torn"))
                .toList();
    }

    /** As logrotate does; durable at once. */
    public void moveAway(Path path, Path target) {
        Node node = files.remove(path);
        durableFiles.remove(path);
        files.put(target, node);
        durableFiles.add(target);
    }

    /** Power fails: processes are gone, and what was not forced may be. */
    public void crash(Random random) {
        directories.removeIf(path -> !durableDirectories.contains(path) && random.nextBoolean());
        files.keySet()
                .removeIf(path ->
                        !directories.contains(path.getParent())
                                || (!durableFiles.contains(path) && random.nextBoolean()));
        durableDirectories.addAll(directories);
        durableFiles.addAll(files.keySet());
        for (Node node : files.values()) {
            node.lockOwner = null;
            for (Change change : node.unforced) {
                node.durable = survive(node.durable, change, random);
            }
            node.unforced = new ArrayList<>();
            node.cached = node.durable.clone();
        }
    }

    private static byte[] survive(byte[] content, Change change, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> content;
            case 1 -> {
                if (change.truncates) {
                    yield content;
                }
                int kept = random.nextInt(change.bytes.length + 1);
                byte[] prefix = Arrays.copyOf(change.bytes, kept);
                yield apply(content, new Change(change.position, prefix, false));
            }
            case 2 -> {
                // The size reached the disk, the pages did not.
                if (change.truncates) {
                    yield apply(content, change);
                }
                int size = (int) change.position + change.bytes.length;
                yield size > content.length ? Arrays.copyOf(content, size) : content;
            }
            default -> apply(content, change);
        };
    }

    private static byte[] apply(byte[] content, Change change) {
        int position = (int) change.position;
        if (change.truncates) {
            return Arrays.copyOf(content, Math.min(position, content.length));
        }
        int size = Math.max(content.length, position + change.bytes.length);
        byte[] changed = Arrays.copyOf(content, size);
        System.arraycopy(change.bytes, 0, changed, position, change.bytes.length);
        return changed;
    }

    private void change(Node node, Change change) {
        node.cached = apply(node.cached, change);
        node.unforced.add(change);
        node.modified = clock.instant();
    }

    private final class View implements Disk {
        private final Object owner;

        View(Object owner) {
            this.owner = owner;
        }

        @Override
        public Optional<Stat> stat(Path path) throws IOException {
            steps.before(owner, "stat", path, 0);
            Node node = files.get(path);
            if (node != null) {
                return Optional.of(new Stat(node.cached.length, node.modified, node));
            }
            return directories.contains(path)
                    ? Optional.of(new Stat(0, clock.instant(), path))
                    : Optional.empty();
        }

        @Override
        public boolean create(Path path) throws IOException {
            steps.before(owner, "create", path, 0);
            if (files.containsKey(path)) {
                return false;
            }
            if (!directories.contains(path.getParent())) {
                throw new NoSuchFileException(path.toString());
            }
            Node node = new Node();
            node.modified = clock.instant();
            files.put(path, node);
            return true;
        }

        @Override
        public boolean createDirectory(Path directory) throws IOException {
            steps.before(owner, "createDirectory", directory, 0);
            return directories.add(directory);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            steps.before(owner, "forceDirectory", directory, 0);
            for (Path path : files.keySet()) {
                if (directory.equals(path.getParent())) {
                    durableFiles.add(path);
                }
            }
            for (Path path : directories) {
                if (directory.equals(path.getParent())) {
                    durableDirectories.add(path);
                }
            }
        }

        @Override
        public OpenFile open(Path path) throws IOException {
            steps.before(owner, "open", path, 0);
            Node node = files.get(path);
            if (node == null) {
                throw new NoSuchFileException(path.toString());
            }
            return new Handle(owner, path, node);
        }

        @Override
        public void replace(Path source, Path target) throws IOException {
            steps.before(owner, "replace", target, 0);
            files.put(target, files.remove(source));
            durableFiles.remove(source);
        }

        @Override
        public void delete(Path path) throws IOException {
            steps.before(owner, "delete", path, 0);
            files.remove(path);
            durableFiles.remove(path);
        }
    }

    private final class Handle implements Disk.OpenFile {
        private final Object owner;
        private final Path path;
        private final Node node;

        Handle(Object owner, Path path, Node node) {
            this.owner = owner;
            this.path = path;
            this.node = node;
        }

        @Override
        public long sizeBytes() {
            return node.cached.length;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            steps.before(owner, "read", path, 0);
            int count = Math.min(target.remaining(), node.cached.length - (int) position);
            if (count <= 0) {
                return -1;
            }
            target.put(node.cached, (int) position, count);
            return count;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            if (position > node.cached.length) {
                throw new AssertionError("a write past the end of " + path + " leaves a gap");
            }
            int limit = steps.before(owner, "write", path, source.remaining());
            int count = limit < 0 ? source.remaining() : Math.min(limit, source.remaining());
            byte[] bytes = new byte[count];
            source.get(bytes);
            change(node, new Change(position, bytes, false));
            if (limit >= 0) {
                throw new IOException("No space left on device");
            }
            return count;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            steps.before(owner, "truncate", path, 0);
            if (sizeBytes < node.cached.length) {
                change(node, new Change(sizeBytes, new byte[0], true));
            }
        }

        @Override
        public void force() throws IOException {
            try {
                steps.before(owner, "force", path, 0);
            } catch (IOException failure) {
                // As Linux does it: the pages are clean now, and not on the disk.
                node.unforced = new ArrayList<>();
                throw failure;
            }
            for (Change change : node.unforced) {
                node.durable = apply(node.durable, change);
            }
            node.unforced = new ArrayList<>();
        }

        @Override
        public boolean tryLock() throws IOException {
            steps.before(owner, "lock", path, 0);
            if (node.lockOwner != null) {
                return false;
            }
            node.lockOwner = owner;
            return true;
        }

        @Override
        public void close() {
            if (node.lockOwner == owner) {
                node.lockOwner = null;
            }
        }
    }

    /** Which files there are, for a failure's report. */
    public Map<Path, Integer> sizes() {
        Map<Path, Integer> sizes = new HashMap<>();
        files.forEach((path, node) -> sizes.put(path, node.cached.length));
        return sizes;
    }
}
