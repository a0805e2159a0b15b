package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.Disk;
import io.logpipeline.redis.PendingEntry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entry in this replica's hands, and what came of its tries so far. For one thread at a time:
 * whoever has it.
 */
final class HeldEntry {
    final PendingEntry entry;

    /** Empty when the list's key has no canonical form. */
    final Optional<UserDay> userDay;

    /** The entry's own: the worker that tries it again, any of this replica's, holds the lock. */
    final String token;

    private Disk.@Nullable Stat made;

    /** How often it failed. */
    int failures;

    /** Whether the file holds all of its last claim, of which nobody heard that it is settled. */
    boolean appended;

    /** When this try began. */
    long startNanos;

    /** Events that this try carried over. */
    int events;

    /** Their bytes, in the file. */
    long bytes;

    /**
     * @param replica this process' name, the first part of its lock tokens
     * @param made its new file, where {@link NewFiles} made it
     */
    HeldEntry(PendingEntry entry, String replica, Disk.@Nullable Stat made) {
        this.entry = entry;
        this.made = made;
        this.userDay = UserDay.fromKey(entry.list());
        this.token = replica + tokenEnd();
    }

    /**
     * Its file, where this replica made it, before the directory's name was made durable: once, for
     * the first try. One that was removed and made again may look the same.
     */
    Disk.@Nullable Stat takeMade() {
        Disk.Stat first = made;
        made = null;
        return first;
    }

    void begin(long nowNanos) {
        startNanos = nowNanos;
        events = 0;
        bytes = 0;
    }

    String list() {
        return entry.list();
    }

    /** Whether a lock is this entry's, of whatever replica. */
    boolean isHolder(String lockToken) {
        return lockToken.endsWith(tokenEnd());
    }

    private String tokenEnd() {
        return "/" + entry.name();
    }
}
