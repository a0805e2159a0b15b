package io.logpipeline.bench;

/**
 * One load that went through one pipeline.
 *
 * @param acknowledgedSeconds from the first event sent to the last acknowledgement
 * @param landedSeconds from the first event sent to when the last one is in its file
 * @param cpuSeconds of all processes of the pipeline
 * @param loadCpuSeconds of the process that sends, with what of the pipeline runs in it
 * @param peakMebibytes resident, of all processes of the pipeline together
 */
record DeliveryRun(
        long events,
        double acknowledgedSeconds,
        double landedSeconds,
        double cpuSeconds,
        double loadCpuSeconds,
        long peakMebibytes) {
    double acknowledgedPerSecond() {
        return events / acknowledgedSeconds;
    }

    double landedPerSecond() {
        return events / landedSeconds;
    }

    double cpuPer100k() {
        return cpuSeconds * 100_000 / events;
    }

    double allCpuPer100k() {
        return (cpuSeconds + loadCpuSeconds) * 100_000 / events;
    }
}
