package io.logpipeline.faults;

import io.logpipeline.file.DirectoryErrors;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Set;

/** What the JDK throws for an error of the operating system, by class and text. */
final class DiskErrors {
    private static final Set<String> BY_PATH =
            Set.of("stat", "create", "createDirectory", "open", "replace", "delete");

    private DiskErrors() {}

    static IOException of(Fault fault, String method, Path path) {
        String reason =
                switch (fault) {
                    case ENOSPC -> "No space left on device";
                    case EIO -> "Input/output error";
                    case EACCES -> "Permission denied";
                    default -> throw new IllegalArgumentException(fault + " at " + method);
                };
        if (method.equals("forceDirectory") && fault == Fault.EACCES) {
            return DirectoryErrors.notOpened(new AccessDeniedException(path.toString()));
        }
        if (!BY_PATH.contains(method)) {
            return new IOException(reason);
        }
        return fault == Fault.EACCES
                ? new AccessDeniedException(path.toString())
                : new FileSystemException(path.toString(), null, reason);
    }
}
