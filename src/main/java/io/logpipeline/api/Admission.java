package io.logpipeline.api;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.concurrency.limits.LimitAlgorithm;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are taken, and how many at once.
 *
 * @param gates before the body is read, passed in this order
 * @param users once the events are known; null for no limit
 * @param concurrency of bodies that are parsed and stored; null for no limit. Reading them is not
 *     in it, nor is answering: a slow client would hold up others. Neither are probes, which must
 *     be answered most of all when there is much to do.
 */
public record Admission(List<Gate> gates, @Nullable UserRates users, @Nullable Limit concurrency) {
    private static final Refusal TOO_MANY =
            new Refusal.Overloaded("too many requests at once", Duration.ofSeconds(1));

    /** Everybody, any number. */
    public static Admission open() {
        return new Admission(List.of(), null, null);
    }

    /**
     * Does the work within the limit of concurrency, or not at all.
     *
     * @param otherwise what comes of a refusal in the place of the work
     */
    <T> T within(Supplier<T> work, Function<Refusal, T> otherwise) {
        if (concurrency == null) {
            return work.get();
        }
        if (!(concurrency.tryAcquireOutcome(true)
                instanceof LimitAlgorithm.Outcome.Accepted accepted)) {
            return otherwise.apply(TOO_MANY);
        }
        try {
            return work.get();
        } finally {
            accepted.token().success();
        }
    }
}
