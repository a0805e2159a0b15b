package io.logpipeline.page;

import io.logpipeline.redis.Replicas;
import java.time.Duration;

/**
 * What can be said of a drainer by what it holds and when it was last active. One that holds lists
 * is active within each lease, or loses them. Of one that holds none, Redis before 7.2 hears only
 * when there is something to take.
 */
enum Presence {
    WORKING,
    READY,
    /** It has nothing to do, or is gone. */
    QUIET,
    GONE;

    static Presence of(Replicas.Member member, Duration lease) {
        boolean heard = member.idle().compareTo(lease) <= 0;
        if (member.held() > 0) {
            return heard ? WORKING : GONE;
        }
        return heard ? READY : QUIET;
    }
}
