package io.logpipeline.file;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Ends the process when a force failed: Linux marks the pages clean all the same, so nothing that
 * this process reads afterwards proves what the disk holds (fsyncgate; fsync(2)). The next process
 * verifies the file's tail and writes it back.
 */
@FunctionalInterface
public interface FailStop {
    /** Ends the process; a test's one may return an error to throw instead. */
    Error forceFailed(Path path, IOException cause);
}
