package io.logpipeline.bench;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.Disk;
import io.logpipeline.file.NioDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * The floor: the same files with the same content and the same promise, from memory, where all of
 * it lies ready. No Redis, no lock, no verification.
 *
 * <p>By {@code file}, threads make some files ahead, whose directories' names they force together:
 * as the drainer does, since while names are forced nobody can make another directory.
 */
final class BareFiles implements DrainAlgorithm {
    private static final int MADE_TOGETHER = 16;

    private final Path logDir;
    private final int workers;
    private final boolean wholeFileSystem;
    private final int chunkBytes;
    private List<ByteBuffer> contents = List.of();

    /**
     * @param workers threads; with {@code wholeFileSystem} as many files are in one sync
     * @param wholeFileSystem one syncfs(2) for the files of all threads, in place of forces
     * @param chunkBytes the most that is written before it is forced
     */
    BareFiles(Path logDir, int workers, boolean wholeFileSystem, int chunkBytes) {
        this.logDir = logDir;
        this.workers = workers;
        this.wholeFileSystem = wholeFileSystem;
        this.chunkBytes = chunkBytes;
    }

    @Override
    public void prepare(DrainLoad load) {
        contents = List.of();
        contents =
                IntStream.range(0, load.keys()).mapToObj(key -> lines(load.elements(key))).toList();
    }

    @Override
    public long drain(DrainLoad load, Duration limit) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + limit.toNanos();
        int parties = Math.min(workers, load.keys());
        try (Disk.FileSystem fileSystem = new NioDisk().openFileSystem(logDir);
                ExecutorService threads = Executors.newFixedThreadPool(parties)) {
            CyclicBarrier written = new CyclicBarrier(parties, () -> sync(fileSystem));
            List<Future<Long>> results =
                    IntStream.range(0, parties)
                            .mapToObj(first ->
                                    threads.submit(() ->
                                            wholeFileSystem
                                                    ? together(load, first, written)
                                                    : each(load, first, parties, endNanos)))
                            .toList();
            long events = 0;
            for (Future<Long> result : results) {
                events += result.get();
            }
            return events;
        } catch (ExecutionException failed) {
            throw new IOException(failed);
        }
    }

    private static void sync(Disk.FileSystem fileSystem) {
        try {
            fileSystem.sync();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Threads have equal shares, and meet after each file: the last round may lack some. */
    private long together(DrainLoad load, int first, CyclicBarrier written)
            throws IOException, InterruptedException, BrokenBarrierException {
        int step = written.getParties();
        long events = 0;
        for (int key = first; key - first + step <= load.keys(); key += step) {
            try (FileChannel file = create(load.userDay(key))) {
                ByteBuffer lines = contents.get(key);
                while (writeChunk(file, lines)) {
                    written.await();
                }
            }
            events += load.eventsOf(key);
        }
        return events;
    }

    private long each(DrainLoad load, int first, int step, long endNanos) throws IOException {
        long events = 0;
        int ahead = step * MADE_TOGETHER;
        for (int from = first; from < load.keys(); from += ahead) {
            int end = Math.min(load.keys(), from + ahead);
            if (System.nanoTime() - endNanos > 0) {
                break;
            }
            for (int key = from; key < end; key += step) {
                create(load.userDay(key)).close();
            }
            forceDirectory(logDir);
            for (int key = from; key < end; key += step) {
                fill(load.userDay(key), contents.get(key));
                events += load.eventsOf(key);
            }
        }
        return events;
    }

    private FileChannel create(UserDay userDay) throws IOException {
        Path directory = Files.createDirectory(logDir.resolve(userDay.directory()));
        return FileChannel.open(
                directory.resolve(userDay.fileName()),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
    }

    private void fill(UserDay userDay, ByteBuffer lines) throws IOException {
        Path directory = logDir.resolve(userDay.directory());
        try (FileChannel file =
                FileChannel.open(directory.resolve(userDay.fileName()), StandardOpenOption.WRITE)) {
            while (writeChunk(file, lines)) {
                file.force(false);
            }
        }
        forceDirectory(directory);
    }

    /** Whether there was one. */
    private boolean writeChunk(FileChannel file, ByteBuffer lines) throws IOException {
        if (!lines.hasRemaining()) {
            return false;
        }
        int end = lines.limit();
        lines.limit(Math.min(end, lines.position() + chunkBytes));
        while (lines.hasRemaining()) {
            file.write(lines);
        }
        lines.limit(end);
        return true;
    }

    static ByteBuffer lines(List<byte[]> elements) {
        ByteBuffer lines =
                ByteBuffer.allocate(elements.stream().mapToInt(each -> each.length + 1).sum());
        elements.forEach(each -> lines.put(each).put((byte) '\n'));
        return lines.flip();
    }

    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
