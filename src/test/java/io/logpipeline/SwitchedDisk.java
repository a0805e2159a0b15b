package io.logpipeline;

import io.logpipeline.file.Disk;
import io.logpipeline.testing.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The real disk with faults that are switched on and off while the process runs: each holds for as
 * long as a file of its name lies in the given directory.
 */
final class SwitchedDisk extends ForwardingDisk {
    /** Every write is refused, and there is no room. */
    static final String FULL = "disk-is-full";

    /** A write that begins does not come back. */
    static final String HANGS = "disk-hangs";

    private static final Duration POLL = Duration.ofMillis(5);

    private final Path switches;

    SwitchedDisk(Disk disk, Path switches) {
        super(disk);
        this.switches = switches;
    }

    private boolean on(String name) {
        return Files.exists(switches.resolve(name));
    }

    @Override
    public Optional<Space> space(Path path) throws IOException {
        Optional<Space> space = super.space(path);
        return on(FULL) ? space.map(real -> new Space(0, real.sizeBytes())) : space;
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        boolean dayFile = path.toString().contains("user_");
        return new ForwardingFile(super.open(path)) {
            @Override
            public int write(ByteBuffer source, long position) throws IOException {
                if (on(FULL)) {
                    throw new IOException("No space left on device");
                }
                while (dayFile && on(HANGS)) {
                    LockSupport.parkNanos(POLL.toNanos());
                }
                return super.write(source, position);
            }
        };
    }
}
