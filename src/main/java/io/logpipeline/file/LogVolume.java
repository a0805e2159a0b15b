package io.logpipeline.file;

import io.logpipeline.event.UserDay;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The log directory as one volume: who it is, which Redis store it works with and since when, and
 * the file system's own clock.
 *
 * <p>Its dot file holds the volume's id and the store's id and is replaced when a new store comes,
 * before anything of it is drained. So a day file older than the dot file holds nothing of this
 * store. Former stores keep their time: a process that was stopped may come with the id of one.
 */
public final class LogVolume {
    private static final String MARKER = ".log-pipeline";
    private static final int MARKER_BYTES_MAX = 4096;

    /** Enough that a disk too full for the next batch is seen as full. */
    private static final int PROBE_BYTES = 64 * 1024;

    private static final Duration LOCK_POLL = Duration.ofMillis(20);

    /** Twice the coarsest time that file systems keep of files. */
    private static final Duration TICK_MAX = Duration.ofSeconds(4);

    private static final Duration TICK_POLL = Duration.ofMillis(4);

    private final Disk disk;
    private final DayFiles files;
    private final Duration ledgerLife;

    /** The content of the dot file whose name this process saw forced: power loss leaves it. */
    private @Nullable Marker durable;

    private volatile Instant storeSince = Instant.MIN;
    private Instant waitedFor = Instant.MIN;
    private volatile @Nullable Reading clock;

    /** The file system's time at a moment of this process' monotonic clock. */
    private record Reading(Instant time, long atNanos) {}

    /**
     * @param ledgerLife how long Redis keeps the ledger of a drained list
     */
    public LogVolume(DayFiles files, Duration ledgerLife) {
        this.disk = files.disk;
        this.files = files;
        this.ledgerLife = ledgerLife;
    }

    /**
     * Makes the directory work for this Redis store: creates what is missing and notes the store's
     * id in the dot file when it is another than before.
     *
     * <p>A dot file of another process is forced as well: its writer may have died, or failed,
     * before it came to that. Were it lost after something of the store was drained, the next one
     * would be younger than files of this store, and these would pass for settled.
     *
     * @return the volume's own id
     */
    public synchronized String adopt(String storeId) throws IOException {
        createWithParents();
        Path lockPath = files.logDir.resolve(MARKER + ".lock");
        disk.create(lockPath);
        try (Disk.OpenFile lock = disk.open(lockPath)) {
            awaitLock(lock);
            Marker found = readMarker();
            if (found == null) {
                forceParents();
                found = new Marker(UUID.randomUUID().toString(), storeId, List.of());
                writeMarker(found);
            } else if (!found.knows(storeId)) {
                found = found.followedBy(storeId, markerModified());
                writeMarker(found);
            }
            if (!found.equals(durable)) {
                disk.forceDirectory(files.logDir);
                durable = found;
            }
            Optional<Instant> formerSince = found.formerSince(storeId);
            storeSince = formerSince.isPresent() ? formerSince.get() : markerModified();
            return found.volumeId();
        }
    }

    private Instant markerModified() throws IOException {
        return disk.stat(markerPath())
                .map(Disk.Stat::modified)
                .orElseThrow(() -> new IOException("the dot file vanished"));
    }

    /**
     * Looks at a user's day file, before its list is claimed.
     *
     * @throws IllegalStateException when no {@link #probe} has succeeded yet
     */
    public Sighting sight(UserDay userDay) throws IOException {
        Optional<Disk.Stat> found = disk.stat(files.path(userDay));
        return new Sighting(found.map(this::firstPosition).orElse(0L), found);
    }

    private long firstPosition(Disk.Stat found) {
        Instant modified = found.modified();
        boolean olderThanAnyLedger = modified.plus(ledgerLife).isBefore(fileSystemNow());
        // What this store's drainers write is younger than its note: they waited for that.
        boolean olderThanThisStore = !modified.isAfter(storeSince);
        return olderThanAnyLedger || olderThanThisStore ? found.sizeBytes() : 0;
    }

    private Instant fileSystemNow() {
        Reading read = clock;
        if (read == null) {
            throw new IllegalStateException("the file system's clock was not read yet");
        }
        return read.time.plus(files.clock.since(read.atNanos));
    }

    /** The room that is left; empty when the file system does not tell. */
    public Optional<Disk.Space> space() throws IOException {
        return disk.space(files.logDir);
    }

    /**
     * Writes and forces some bytes, and reads the file system's clock off them. All replicas use
     * the same file, which holds nothing: one that dies here leaves nothing to clean up.
     *
     * <p>The clock is not read off a probe that took long: one that was stopped in its midst, while
     * time went on and others wrote, would take that time for the file system's, and then files
     * that were just written for older than any ledger. Nor is any other clock taken for it, before
     * it was read or after: where the machine's is behind, or is set back, what a ledger that has
     * ended knew would be looked for in the file, and a new event that equals an old one would be
     * taken for it.
     *
     * @throws IOException when the directory can't be written, or so slowly that its clock is not
     *     known yet
     */
    public void probe() throws IOException {
        Path path = files.logDir.resolve(MARKER + ".probe");
        disk.create(path);
        try (Disk.OpenFile file = disk.open(path)) {
            // Space that is given back and asked for anew: a full disk refuses it.
            file.truncate(0);
            long startNanos = files.clock.nanoTime();
            writeAll(file, ByteBuffer.allocate(PROBE_BYTES));
            Optional<Disk.Stat> written = disk.stat(path);
            Duration took = files.clock.since(startNanos);
            if (written.isPresent() && took.compareTo(ledgerLife.dividedBy(60)) < 0) {
                clock = new Reading(written.get().modified(), startNanos);
            }
            awaitTimeAfter(storeSince, file, path);
            file.force();
            file.truncate(0);
            if (clock == null) {
                throw new IOException("too slow for its clock to be read: " + took);
            }
        }
    }

    /**
     * Waits until the file system's time, which moves in steps, is a later one: files of the store
     * before may be of the very moment of this one's note. Where that time was set back, not for
     * ever.
     */
    private void awaitTimeAfter(Instant since, Disk.OpenFile file, Path path) throws IOException {
        long startNanos = files.clock.nanoTime();
        while (!since.equals(waitedFor)) {
            Instant now = disk.stat(path).map(Disk.Stat::modified).orElse(since);
            if (now.isAfter(since) || files.clock.since(startNanos).compareTo(TICK_MAX) > 0) {
                waitedFor = since;
            } else {
                files.clock.pause(TICK_POLL);
                file.write(ByteBuffer.allocate(1), 0);
            }
        }
    }

    private static void writeAll(Disk.OpenFile file, ByteBuffer source) throws IOException {
        long at = 0;
        while (source.hasRemaining()) {
            at += file.write(source, at);
        }
    }

    private Path markerPath() {
        return files.logDir.resolve(MARKER);
    }

    private void awaitLock(Disk.OpenFile lock) throws IOException {
        long startNanos = files.clock.nanoTime();
        while (!lock.tryLock()) {
            if (files.clock.since(startNanos).compareTo(files.lockTimeout) > 0) {
                throw new IOException(
                        "the lock of " + markerPath() + " is held by another process");
            }
            files.clock.pause(LOCK_POLL);
        }
    }

    private @Nullable Marker readMarker() throws IOException {
        if (disk.stat(markerPath()).isEmpty()) {
            return null;
        }
        ByteBuffer text = ByteBuffer.allocate(MARKER_BYTES_MAX);
        try (Disk.OpenFile file = disk.open(markerPath())) {
            while (text.hasRemaining() && file.read(text, text.position()) > 0) {}
        }
        Marker found =
                Marker.of(new String(text.array(), 0, text.position(), StandardCharsets.UTF_8));
        if (found.volumeId().isEmpty()) {
            throw new IOException(markerPath() + " names no volume; remove it to start afresh");
        }
        return found;
    }

    private void writeMarker(Marker content) throws IOException {
        Path fresh = files.logDir.resolve(MARKER + ".new");
        disk.delete(fresh);
        disk.create(fresh);
        try (Disk.OpenFile file = disk.open(fresh)) {
            writeAll(file, ByteBuffer.wrap(content.text().getBytes(StandardCharsets.UTF_8)));
            file.force();
        } catch (IOException failure) {
            disk.delete(fresh);
            throw failure;
        }
        disk.replace(fresh, markerPath());
    }

    private void createWithParents() throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path next = files.logDir.toAbsolutePath();
        while (next != null && disk.stat(next).isEmpty()) {
            missing.push(next);
            next = next.getParent();
        }
        for (Path each : missing) {
            disk.createDirectory(each);
        }
    }

    /** Which of them are new nobody knows: their maker may have died before it came to this. */
    private void forceParents() throws IOException {
        Path parent = files.logDir.toAbsolutePath().getParent();
        while (parent != null) {
            try {
                disk.forceDirectory(parent);
            } catch (Disk.NotOpened notReadable) {
                // Not one of ours.
            }
            parent = parent.getParent();
        }
    }
}
