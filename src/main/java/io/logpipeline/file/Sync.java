package io.logpipeline.file;

/** How day files are made durable; the promise is the same. */
public enum Sync {
    /** Each file by a force of its own, and the directories of a new one. */
    FILE,
    /**
     * All files that are written at a time by one sync of their file system, everything else on it
     * included. Linux 5.8 or later.
     */
    FILESYSTEM;

    /** Whether this system can do it. */
    public boolean isSupported() {
        return this == FILE || LinuxFileSystem.isSupported();
    }
}
