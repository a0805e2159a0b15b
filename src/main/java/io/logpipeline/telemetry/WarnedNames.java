package io.logpipeline.telemetry;

import java.util.HashSet;
import java.util.Set;

/**
 * The names that were warned of already: the first so many, for the life of the process.
 *
 * <p>Not the latest so many: a sweep that meets one name more than fits would then forget each just
 * before it comes round again, and warn of all of them every time.
 */
final class WarnedNames {
    private static final int NAME_CHARS_MAX = 256;

    private final int limit;
    private final Set<String> names = new HashSet<>();
    private boolean saidFull;

    /** Whether to warn. */
    enum Answer {
        NEW,
        KNOWN,
        /** The first name that no longer fits. */
        NO_ROOM,
        /** Any later one. */
        FULL
    }

    WarnedNames(int limit) {
        this.limit = limit;
    }

    /** A key may be 512 MB long: what is remembered and shown of it is its beginning. */
    static String shortened(String name) {
        return name.length() <= NAME_CHARS_MAX ? name : name.substring(0, NAME_CHARS_MAX) + "…";
    }

    synchronized Answer add(String name) {
        if (names.contains(name)) {
            return Answer.KNOWN;
        }
        if (names.size() < limit) {
            names.add(name);
            return Answer.NEW;
        }
        Answer answer = saidFull ? Answer.FULL : Answer.NO_ROOM;
        saidFull = true;
        return answer;
    }
}
