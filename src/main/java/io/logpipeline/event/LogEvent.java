package io.logpipeline.event;

import java.util.Arrays;

/**
 * One accepted event: where it goes and what is stored. Equal when both are; the array is shared,
 * not copied, and must not be changed.
 *
 * @param userDay the list and the file it belongs to
 * @param line the JSON object as stored: compact, UTF-8, without a line break
 */
public record LogEvent(UserDay userDay, byte[] line) {
    @Override
    public boolean equals(Object other) {
        return other instanceof LogEvent that
                && userDay.equals(that.userDay)
                && Arrays.equals(line, that.line);
    }

    @Override
    public int hashCode() {
        return 31 * userDay.hashCode() + Arrays.hashCode(line);
    }

    /** Names no user and shows no payload: this ends up in logs. */
    @Override
    public String toString() {
        return "LogEvent[" + line.length + " bytes]";
    }
}
