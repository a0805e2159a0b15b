package io.logpipeline.file;

import java.util.Optional;

/**
 * How a day file was seen before a claim. The claim is good for the file that was seen, as it was
 * seen: once anybody wrote to it, replaced it or moved it away, what was claimed may be settled.
 *
 * @param firstPosition where a ledger that knows no position has to start, in bytes
 * @param file empty when there was no file
 */
public record Sighting(long firstPosition, Optional<Disk.Stat> file) {
    /** Whether what the path names now is the file that was seen, untouched since. */
    boolean stillHolds(Optional<Disk.Stat> now) {
        return now.isPresent() && now.equals(file);
    }
}
