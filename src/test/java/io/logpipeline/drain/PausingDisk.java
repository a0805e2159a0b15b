package io.logpipeline.drain;

import io.logpipeline.file.Disk;
import io.logpipeline.testing.ForwardingDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk on which a replica falls asleep before it looks a day file up for the n-th time. */
final class PausingDisk extends ForwardingDisk {
    private final int sleepsAtLook;
    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch asleep = new CountDownLatch(1);
    private final CountDownLatch woken = new CountDownLatch(1);

    PausingDisk(Disk disk, int sleepsAtLook) {
        super(disk);
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
        return super.stat(path);
    }
}
