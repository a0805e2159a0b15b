package io.logpipeline.api;

import io.helidon.webserver.http.ServerResponse;
import io.logpipeline.access.TokenBuckets;
import io.logpipeline.access.TokenBuckets.Taken;
import io.logpipeline.event.LogEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bounds the events of each user id; a batch passes as a whole or not at all. */
public final class UserRates {
    private final TokenBuckets buckets;
    private final RateLimitFields fields;

    public UserRates(TokenBuckets buckets) {
        this.buckets = buckets;
        this.fields = new RateLimitFields("user", buckets.rate());
    }

    /** What the events of one request took. */
    static final class Charge {
        private final List<Runnable> puttingBack;
        private final @Nullable Refusal refusal;

        private Charge(List<Runnable> puttingBack, @Nullable Refusal refusal) {
            this.puttingBack = puttingBack;
            this.refusal = refusal;
        }

        /** Null when every user of the batch is within its rate; else nothing was taken of any. */
        @Nullable Refusal refusal() {
            return refusal;
        }

        /** Its events were not taken in, through no fault of the client. */
        void putBack() {
            puttingBack.forEach(Runnable::run);
        }
    }

    /** Takes a token an event, of all users of the batch or of none. */
    Charge charge(List<LogEvent> events, ServerResponse response) {
        Map<String, Integer> byUser = HashMap.newHashMap(events.size() == 1 ? 1 : 16);
        for (LogEvent event : events) {
            byUser.merge(event.userDay().userId(), 1, Integer::sum);
        }
        List<Runnable> puttingBack = new ArrayList<>(byUser.size());
        for (Map.Entry<String, Integer> user : byUser.entrySet()) {
            Taken taken = buckets.take(user.getKey(), user.getValue());
            if (!taken.granted()) {
                puttingBack.forEach(Runnable::run);
                fields.add(response, taken);
                return new Charge(
                        List.of(),
                        new Refusal.RateLimited("too many events of one user", taken.retryAfter()));
            }
            puttingBack.add(() -> buckets.putBack(taken, user.getValue()));
        }
        return new Charge(puttingBack, null);
    }
}
