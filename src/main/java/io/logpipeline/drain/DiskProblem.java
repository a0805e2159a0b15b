package io.logpipeline.drain;

import io.logpipeline.file.Disk;
import io.logpipeline.telemetry.DrainFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Why a day file could not be written, in an operator's words. */
record DiskProblem(DrainFailure reason, String details) {
    /** Java has exceptions of their own for few of them; the others are told by their text. */
    static DiskProblem of(IOException thrown) {
        IOException failure =
                thrown instanceof Disk.NotOpened notOpened ? notOpened.reason() : thrown;
        String details =
                failure instanceof FileSystemException named && named.getReason() != null
                        ? named.getReason()
                        : failure.toString();
        return new DiskProblem(reason(failure, details.toLowerCase(Locale.ROOT)), details);
    }

    private static DrainFailure reason(IOException failure, String text) {
        if (text.contains("no space left") || text.contains("quota exceeded")) {
            return DrainFailure.DISK_FULL;
        }
        return failure instanceof AccessDeniedException
                        || text.contains("read-only file system")
                        || text.contains("permission denied")
                ? DrainFailure.PERMISSION
                : DrainFailure.IO;
    }
}
