package io.logpipeline.bench;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One run of one load on one server.
 *
 * @param events acknowledged
 * @param seconds that the load lasted
 * @param latencyMicros of requests: median, 90th, 99th, 99.9th percentile
 * @param serverCpuSeconds of the server and its children
 * @param redisCpuSeconds of Redis
 * @param loadCpuSeconds of the load generator
 * @param refused requests that were not answered 200, or not at all
 */
record Measurement(
        long events,
        double seconds,
        long[] latencyMicros,
        double serverCpuSeconds,
        double redisCpuSeconds,
        double loadCpuSeconds,
        long refused) {
    private static final double PER_EVENTS = 100_000;

    double eventsPerSecond() {
        return events / seconds;
    }

    double serverCpuPer100k() {
        return serverCpuSeconds * PER_EVENTS / Math.max(events, 1);
    }

    double redisCpuPer100k() {
        return redisCpuSeconds * PER_EVENTS / Math.max(events, 1);
    }

    /** Of load, server and Redis: what bounds the rate when they share the processors. */
    double allCpuPer100k() {
        return (serverCpuSeconds + redisCpuSeconds + loadCpuSeconds)
                * PER_EVENTS
                / Math.max(events, 1);
    }

    /** The middle one of what each run says; the lower of two. */
    static <R> double median(List<R> runs, ToDoubleFunction<R> value) {
        List<Double> sorted =
                runs.stream().map(value::applyAsDouble).sorted(Comparator.naturalOrder()).toList();
        return sorted.get((sorted.size() - 1) / 2);
    }
}
