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
 * The floor: the same files with the same content and the same promise, from memory. No Redis, no
 * lock, no verification.
 *
 * @param workers threads; with {@code wholeFileSystem} as many files are in one sync
 * @param wholeFileSystem one syncfs(2) for the files of all threads, in place of forces
 * @param chunkBytes the most that is written before it is forced
 */
record BareFiles(Path logDir, int workers, boolean wholeFileSystem, int chunkBytes)
        implements DrainContender {
    @Override
    public String name() {
        return "bare files, " + (wholeFileSystem ? "filesystem" : "file");
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
                                    threads.submit(
                                            () -> share(load, first, parties, written, endNanos)))
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

    private long share(DrainLoad load, int first, int step, CyclicBarrier written, long endNanos)
            throws IOException, InterruptedException, BrokenBarrierException {
        long events = 0;
        // Threads have equal shares, and meet after each file: the last round may lack some.
        int rounds = load.keys() / step;
        for (int round = 0; round < rounds; round++) {
            int key = round * step + first;
            if (!wholeFileSystem && System.nanoTime() - endNanos > 0) {
                break;
            }
            List<byte[]> elements = load.elements(key);
            append(load.userDay(key), elements, written);
            events += elements.size();
        }
        return events;
    }

    private void append(UserDay userDay, List<byte[]> elements, CyclicBarrier written)
            throws IOException, InterruptedException, BrokenBarrierException {
        Path directory = logDir.resolve(userDay.directory());
        Files.createDirectory(directory);
        ByteBuffer lines = lines(elements);
        try (FileChannel file =
                FileChannel.open(
                        directory.resolve(userDay.fileName()),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
            int end = lines.limit();
            for (int at = 0; at < end; at += chunkBytes) {
                lines.limit(Math.min(end, at + chunkBytes));
                while (lines.hasRemaining()) {
                    file.write(lines);
                }
                if (wholeFileSystem) {
                    written.await();
                } else {
                    file.force(false);
                }
            }
        }
        if (!wholeFileSystem) {
            forceDirectory(directory);
            forceDirectory(logDir);
        }
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
