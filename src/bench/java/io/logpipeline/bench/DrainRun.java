package io.logpipeline.bench;

/**
 * One run of one load by one contender.
 *
 * @param events that landed
 * @param cpuSeconds of the contender, without Redis
 * @param peakMebibytes resident
 */
record DrainRun(
        long events,
        double seconds,
        double cpuSeconds,
        double redisCpuSeconds,
        long peakMebibytes) {
    double eventsPerSecond() {
        return events / seconds;
    }

    double cpuPer100k() {
        return cpuSeconds * 100_000 / Math.max(1, events);
    }

    double redisCpuPer100k() {
        return redisCpuSeconds * 100_000 / Math.max(1, events);
    }
}
