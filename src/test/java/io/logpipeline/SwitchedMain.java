package io.logpipeline;

import io.logpipeline.file.NioDisk;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The entry point of a process whose disk fails while its directory holds a file that says so. */
public final class SwitchedMain {
    /** See {@link SwitchedDisk#FULL}. */
    public static final String DISK_IS_FULL = SwitchedDisk.FULL;

    /** See {@link SwitchedDisk#HANGS}. */
    public static final String DISK_HANGS = SwitchedDisk.HANGS;

    private SwitchedMain() {}

    public static void main(String[] arguments) {
        Main.start(
                new Pipeline.Seams(
                        new SwitchedDisk(new NioDisk(), Path.of("")), UnaryOperator.identity()),
                arguments);
    }
}
