package io.logpipeline.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/**
 * A small file that may change while the process runs.
 *
 * @param secret whether others than its owner and group must not read it
 */
record WatchedFile(Path path, boolean secret) {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.access");
    private static final int BYTES_MAX = 1 << 20;

    byte[] read() throws UnusableFile {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(BYTES_MAX + 1);
            if (content.length > BYTES_MAX) {
                throw new UnusableFile(path, "is larger than " + BYTES_MAX + " bytes");
            }
            return content;
        } catch (IOException unreadable) {
            throw new UnusableFile(path, "is no file that this user can read");
        }
    }

    void warnWhenOpenToOthers() {
        if (!secret) {
            return;
        }
        try {
            if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Every user of this machine can read a secret; chmod o-r ends that"
                                + " file={0}",
                        path);
            }
        } catch (IOException | UnsupportedOperationException unknown) {
            // It was read a moment ago; a file system without these bits has nothing to warn of.
        }
    }
}
