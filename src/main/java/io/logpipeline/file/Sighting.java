package io.logpipeline.file;

import org.jspecify.annotations.Nullable;

/**
 * How a day file was seen before a claim: what tells a position of this file from one of the file
 * that had its name before.
 *
 * @param firstPosition where a ledger that knows no position has to start, in bytes
 * @param sizeBytes 0 when there was no file
 * @param identity null when there was no file
 */
public record Sighting(long firstPosition, long sizeBytes, @Nullable Object identity) {
    /**
     * Whether a position that was claimed after the sighting is one of the file that is open now.
     * Nobody writes under a position past a file's end. So a file that was long enough at the
     * sighting, and is still the same, is the one that the ledger means. This holds at 0 as well:
     * what was claimed may have been settled since, in a file that was moved away since.
     */
    boolean vouchesFor(long position, Object openIdentity) {
        return openIdentity.equals(identity) && position <= sizeBytes;
    }
}
