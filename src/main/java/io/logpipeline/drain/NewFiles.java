package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.Disk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.MonotonicClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes day files before the first claims of their lists. A claim is good for the file that was
 * seen before it: where there is none, one claim goes to find that out, and another one is needed
 * for the events. Lists that come together are looked at in one call, and the names of their
 * directories are made durable in one force: while names are forced nobody can make another one.
 *
 * <p>Only for a list that was just seen to wait. For one that was drained, an empty file would
 * appear where the day's was moved away.
 */
final class NewFiles {
    /** Longer ago than this, another replica may have drained a list that was seen to wait. */
    private static final Duration LOOK_LIFE = Duration.ofSeconds(1);

    private final Claims claims;
    private final Supplier<Claims.@Nullable Admission> admission;
    private final DayFiles files;
    private final DrainTelemetry telemetry;
    private final MonotonicClock clock;

    /**
     * @param admission what this replica is let to now; null: to nothing
     */
    NewFiles(
            Claims claims,
            Supplier<Claims.@Nullable Admission> admission,
            DayFiles files,
            DrainTelemetry telemetry,
            MonotonicClock clock) {
        this.claims = claims;
        this.admission = admission;
        this.files = files;
        this.telemetry = telemetry;
        this.clock = clock;
    }

    /**
     * Makes files for the lists of these entries that wait and have none; for none where Redis
     * can't be asked for several together.
     *
     * @param progress told at each look, and at each file
     * @return by list, each file as it was before the name of its directory was made durable; empty
     *     where that was not done
     */
    Map<String, Disk.Stat> make(List<PendingEntry> entries, Runnable progress)
            throws InterruptedException {
        Claims.Admission admitted = admission.get();
        if (admitted == null || !claims.canLookTogether()) {
            return Map.of();
        }
        long lookedNanos = clock.nanoTime();
        List<String> missing = new ArrayList<>();
        for (PendingEntry entry : entries) {
            progress.run();
            if (UserDay.fromKey(entry.list()).filter(this::isMissing).isPresent()) {
                missing.add(entry.list());
            }
        }
        Map<String, Disk.Stat> made = new HashMap<>();
        for (String list : waiting(missing, admitted)) {
            progress.run();
            if (admitted.equals(admission.get())
                    && clock.since(lookedNanos).compareTo(LOOK_LIFE) < 0) {
                make(list, made);
            }
        }
        return areNamed(made) ? made : Map.of();
    }

    private boolean isMissing(UserDay userDay) {
        try {
            return files.isMissing(userDay);
        } catch (IOException failure) {
            tell(userDay.key(), failure);
            return false;
        }
    }

    private Set<String> waiting(List<String> lists, Claims.Admission admitted)
            throws InterruptedException {
        try {
            return claims.waiting(lists, admitted);
        } catch (RedisFailure claimsFindOut) {
            return Set.of();
        }
    }

    private void make(String list, Map<String, Disk.Stat> made) {
        try {
            files.create(UserDay.fromKey(list).orElseThrow())
                    .ifPresent(file -> made.put(list, file));
        } catch (IOException failure) {
            tell(list, failure);
        }
    }

    private boolean areNamed(Map<String, Disk.Stat> made) {
        if (made.isEmpty()) {
            return false;
        }
        try {
            return files.forceDirectoryNames();
        } catch (IOException failure) {
            tell(made.keySet().iterator().next(), failure);
            return false;
        }
    }

    /** What stays so is met by the append, with the list out of reach of its expiry. */
    private void tell(String list, IOException failure) {
        DiskProblem problem = DiskProblem.of(failure);
        telemetry.drainFailed(problem.reason(), list, problem.details());
    }
}
