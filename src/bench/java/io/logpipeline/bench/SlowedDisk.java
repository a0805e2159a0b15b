package io.logpipeline.bench;

import io.logpipeline.file.Disk;
import io.logpipeline.testing.ForwardingDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A disk on which each force takes longer. */
public final class SlowedDisk extends ForwardingDisk {
    private final Duration force;

    /**
     * @param force how much longer
     */
    public SlowedDisk(Disk disk, Duration force) {
        super(disk);
        this.force = force;
    }

    private void slow() {
        long endNanos = System.nanoTime() + force.toNanos();
        for (long left; (left = endNanos - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        slow();
        super.forceDirectory(directory);
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return new ForwardingFile(super.open(path)) {
            @Override
            public void force() throws IOException {
                slow();
                super.force();
            }
        };
    }
}
