package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.DayFiles;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes day files before the first claims of their lists. A claim is good for the file that was
 * seen before it: where there is none, one claim goes to find that out, and another one is needed
 * for the events. Lists that come together are looked at in one call.
 *
 * <p>Only for a list that was just seen to wait. For one that was drained, an empty file would
 * appear where the day's was moved away.
 */
final class NewFiles {
    private final Claims claims;
    private final DayFiles files;
    private final DrainTelemetry telemetry;

    NewFiles(Claims claims, DayFiles files, DrainTelemetry telemetry) {
        this.claims = claims;
        this.files = files;
        this.telemetry = telemetry;
    }

    /**
     * The lists of these entries that wait and have no file; none where Redis can't be asked for
     * several together.
     *
     * @param progress told at each look
     */
    Set<String> missing(List<PendingEntry> entries, Runnable progress) throws InterruptedException {
        if (!claims.canLookTogether()) {
            return Set.of();
        }
        List<String> lists = new ArrayList<>();
        for (PendingEntry entry : entries) {
            progress.run();
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
        } catch (IOException failure) {
            tell(userDay, failure);
            return false;
        }
    }

    /** Makes the file of an entry's list, where that can be done. */
    void make(PendingEntry entry) {
        UserDay userDay = UserDay.fromKey(entry.list()).orElseThrow();
        try {
            files.create(userDay);
        } catch (IOException failure) {
            tell(userDay, failure);
        }
    }

    /** What stays so is met by the append, with the list out of reach of its expiry. */
    private void tell(UserDay userDay, IOException failure) {
        DiskProblem problem = DiskProblem.of(failure);
        telemetry.drainFailed(problem.reason(), userDay.key(), problem.details());
    }
}
