package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.DayFiles;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.RedisFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes day files before the first claims of their lists. A claim is good for the file that was
 * seen before it: where there is none, one claim goes to find that out, and another one is needed
 * for the events. Lists that come together are looked at in one call.
 *
 * <p>Invariant: only for a list that was seen to wait. For one that was drained, an empty file
 * would appear where the day's was moved away.
 */
final class NewFiles {
    private final Claims claims;
    private final DayFiles files;

    NewFiles(Claims claims, DayFiles files) {
        this.claims = claims;
        this.files = files;
    }

    /** The lists of these entries that wait and have no file. */
    Set<String> missing(List<PendingEntry> entries) throws InterruptedException {
        List<String> lists = new ArrayList<>();
        for (PendingEntry entry : entries) {
            if (UserDay.fromKey(entry.list()).filter(this::isMissing).isPresent()) {
                lists.add(entry.list());
            }
        }
        try {
            return claims.waiting(lists);
        } catch (RedisFailure claimsFindOut) {
            return Set.of();
        }
    }

    private boolean isMissing(UserDay userDay) {
        try {
            return files.isMissing(userDay);
        } catch (IOException appendMeetsIt) {
            return false;
        }
    }

    /** Makes the file of an entry's list, where that can be done. */
    void make(PendingEntry entry) {
        try {
            files.create(UserDay.fromKey(entry.list()).orElseThrow());
        } catch (IOException appendMeetsIt) {
            // And tells, with the list out of reach of its expiry.
        }
    }
}
