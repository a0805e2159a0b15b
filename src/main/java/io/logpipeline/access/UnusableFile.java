package io.logpipeline.access;

import java.io.Serial;
import java.nio.file.Path;

/** A file that can't be used; the message names it and says why, and quotes nothing of it. */
public final class UnusableFile extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    UnusableFile(Path file, String reason) {
        super(file + ": " + reason);
    }
}
