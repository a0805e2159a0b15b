package io.logpipeline.telemetry;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.lang.System.Logger.Level;

/** What the drain's facts are called in the log, and how loud each is. */
final class DrainSentences {
    private DrainSentences() {}

    static String of(DrainFailure reason) {
        return switch (reason) {
            case DISK_FULL -> "The disk of the log directory is full";
            case PERMISSION -> "The log directory refuses the write";
            case IO -> "Writing a day file failed";
            case LOCK_TIMEOUT -> "The lock of a day file was not free in time";
            case WRONG_TYPE -> "A key of ours holds no list";
            case TOO_LARGE ->
                    "The next event of a list is larger than the heap of this process allows";
            case REDIS -> "Redis failed during a drain";
        };
    }

    static Level level(DrainFailure reason) {
        return switch (reason) {
            case DISK_FULL, PERMISSION, IO, TOO_LARGE -> ERROR;
            case LOCK_TIMEOUT, WRONG_TYPE, REDIS -> WARNING;
        };
    }

    static String of(Recovery kind) {
        return switch (kind) {
            case RECLAIMED -> "Took over a key from a drainer that went away";
            case TAIL_MATCHED -> "Events were in the file already and not written again";
            case TORN_TAIL -> "Cut a torn line off a file's end and kept it beside the file";
            case STALE_COMMIT -> "Another drainer had committed this claim";
            case REPLACED_FILE -> "A file is shorter than what was committed to it";
            case ROLLED_BACK -> "Rolled back to where Redis and the file agree";
        };
    }

    static Level level(Recovery kind) {
        return switch (kind) {
            case RECLAIMED, TAIL_MATCHED, STALE_COMMIT -> INFO;
            case TORN_TAIL, REPLACED_FILE, ROLLED_BACK -> WARNING;
        };
    }
}
