package io.logpipeline.drain;

import io.logpipeline.file.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk on which a replica falls asleep before it looks a day file up for the n-th time. */
final class PausingDisk implements Disk {
    private final Disk disk;
    private final int sleepsAtLook;
    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch asleep = new CountDownLatch(1);
    private final CountDownLatch woken = new CountDownLatch(1);

    PausingDisk(Disk disk, int sleepsAtLook) {
        this.disk = disk;
        this.sleepsAtLook = sleepsAtLook;
    }

    void awaitSleep() throws InterruptedException {
        asleep.await();
    }

    void wake() {
        woken.countDown();
    }

    @Override
    public Optional<Stat> stat(Path path) throws IOException {
        if (path.toString().endsWith(".jsonl") && looks.incrementAndGet() == sleepsAtLook) {
            asleep.countDown();
            try {
                woken.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        return disk.stat(path);
    }

    @Override
    public boolean create(Path path) throws IOException {
        return disk.create(path);
    }

    @Override
    public boolean createDirectory(Path directory) throws IOException {
        return disk.createDirectory(directory);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return disk.open(path);
    }

    @Override
    public FileSystem openFileSystem(Path directory) throws IOException {
        return disk.openFileSystem(directory);
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        disk.replace(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }
}
