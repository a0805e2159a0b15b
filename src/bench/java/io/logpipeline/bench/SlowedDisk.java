package io.logpipeline.bench;

import io.logpipeline.file.Disk;
import io.logpipeline.testing.ForwardingDisk;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Disks on which each force takes longer. */
public final class SlowedDisk {
    private SlowedDisk() {}

    /**
     * @param force how much longer
     */
    public static Disk of(Disk disk, Duration force) {
        return ForwardingDisk.forcing(disk, (kind, path) -> pause(force));
    }

    private static void pause(Duration pause) {
        long endNanos = System.nanoTime() + pause.toNanos();
        for (long left; (left = endNanos - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left);
        }
    }
}
