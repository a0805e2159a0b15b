package io.logpipeline.file;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a day file was seen before a claim. The claim is good for the file that was seen, as it was
 * seen: once anybody wrote to it, replaced it or moved it away, what was claimed may be settled.
 *
 * @param firstPosition where a ledger that knows no position has to start, in bytes
 * @param file empty when there was no file
 * @param directoryNamed whether the name of the file's directory is known to be durable
 */
public record Sighting(long firstPosition, Optional<Disk.Stat> file, boolean directoryNamed) {
    /** Of a file whose directory may never have been forced. */
    public Sighting(long firstPosition, Optional<Disk.Stat> file) {
        this(firstPosition, file, false);
    }

    /**
     * The same, with what {@link DayFiles#forceDirectoryNames} did before.
     *
     * @param named how the file was before that, or null: of one that is another by now, nothing is
     *     known
     */
    public Sighting knowing(Disk.@Nullable Stat named) {
        return named != null && file.equals(Optional.of(named))
                ? new Sighting(firstPosition, file, true)
                : this;
    }

    /** Whether what the path names now is the file that was seen, untouched since. */
    boolean stillHolds(Optional<Disk.Stat> now) {
        return now.isPresent() && now.equals(file);
    }
}
