package io.logpipeline.bench;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.Disk;
import io.logpipeline.file.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * The floor: the same files with the same content and the same promise, from memory, where all of
 * it lies ready. No Redis, no lock, no verification. Threads share the forces that they can share.
 */
final class BareFiles implements DrainAlgorithm {
    private final Path logDir;
    private final int workers;
    private final boolean wholeFileSystem;
    private final int chunkBytes;
    private final int madeTogether;
    private List<ByteBuffer> contents = List.of();

    /**
     * @param workers threads
     * @param wholeFileSystem one syncfs(2) for the files of all threads that wait, in place of
     *     forces
     * @param chunkBytes the most that is written before it is forced
     * @param madeTogether files that a thread makes before it has their directories' names forced:
     *     while names are forced, nobody can make another directory
     */
    BareFiles(Path logDir, int workers, boolean wholeFileSystem, int chunkBytes, int madeTogether) {
        this.logDir = logDir;
        this.workers = workers;
        this.wholeFileSystem = wholeFileSystem;
        this.chunkBytes = chunkBytes;
        this.madeTogether = madeTogether;
    }

    @Override
    public void prepare(DrainLoad load) {
        contents = List.of();
        contents =
                IntStream.range(0, load.keys()).mapToObj(key -> lines(load.elements(key))).toList();
    }

    @Override
    public long drain(DrainLoad load, Duration limit) throws IOException, InterruptedException {
        int threads = Math.min(workers, load.keys());
        try (Disk.FileSystem fileSystem = new NioDisk().openFileSystem(logDir);
                ExecutorService all = Executors.newFixedThreadPool(threads)) {
            GroupForce shared =
                    new GroupForce(
                            wholeFileSystem ? fileSystem::sync : () -> forceDirectory(logDir));
            List<Future<Long>> results =
                    IntStream.range(0, threads)
                            .mapToObj(
                                    first -> all.submit(() -> share(load, first, threads, shared)))
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

    private long share(DrainLoad load, int first, int step, GroupForce shared)
            throws IOException, InterruptedException {
        long events = 0;
        int ahead = wholeFileSystem ? 1 : madeTogether;
        for (int from = first; from < load.keys(); from += step * ahead) {
            int end = Math.min(load.keys(), from + step * ahead);
            for (int key = from; key < end; key += step) {
                create(load.userDay(key));
            }
            if (!wholeFileSystem) {
                shared.await();
            }
            for (int key = from; key < end; key += step) {
                fill(load.userDay(key), contents.get(key), shared);
                events += load.eventsOf(key);
            }
        }
        return events;
    }

    private void create(UserDay userDay) throws IOException {
        Path directory = Files.createDirectory(logDir.resolve(userDay.directory()));
        Files.createFile(directory.resolve(userDay.fileName()));
    }

    private void fill(UserDay userDay, ByteBuffer lines, GroupForce shared)
            throws IOException, InterruptedException {
        Path directory = logDir.resolve(userDay.directory());
        try (FileChannel file =
                FileChannel.open(directory.resolve(userDay.fileName()), StandardOpenOption.WRITE)) {
            int end = lines.limit();
            while (lines.position() < end) {
                lines.limit(Math.min(end, lines.position() + chunkBytes));
                while (lines.hasRemaining()) {
                    file.write(lines);
                }
                if (wholeFileSystem) {
                    shared.await();
                } else {
                    file.force(false);
                }
            }
        }
        if (!wholeFileSystem) {
            forceDirectory(directory);
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
