package io.logpipeline.file;

import java.io.IOException;

/** Errors of directories that only this room makes. */
public final class DirectoryErrors {
    private DirectoryErrors() {}

    /** A directory that could not be opened to be forced. */
    public static IOException notOpened(IOException cause) {
        return new Disk.NotOpened(cause);
    }
}
