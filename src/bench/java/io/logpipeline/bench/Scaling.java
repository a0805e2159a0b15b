package io.logpipeline.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** More and more drainers on a file system that is slowed on purpose, in turns. */
final class Scaling {
    private static final String LISTS_DRAINED = "log_pipeline_keys_drained";
    private static final int WORKERS = 4;

    /** What one number of drainers did: each run, and how many lists each of them had in it. */
    private static final class Row {
        final List<DrainRun> runs = new ArrayList<>();
        final LongSummaryStatistics shares = new LongSummaryStatistics();
    }

    private final DrainRuns runs;
    private final DrainOptions options;

    Scaling(DrainRuns runs) {
        this.runs = runs;
        this.options = runs.options();
    }

    /** Prints what it measured. */
    void measure() throws IOException, InterruptedException {
        Map<DrainerProcesses, Row> rows = new LinkedHashMap<>();
        try {
            for (int count : options.drainers()) {
                DrainerProcesses drainers = start(count);
                rows.put(drainers, new Row());
                // What a JVM costs at first is not what is compared.
                runs.measureAlone(drainers, options.slowedKeys(), options.slowedKeys());
            }
            for (int round = 0; round < options.rounds(); round++) {
                for (Map.Entry<DrainerProcesses, Row> row : rows.entrySet()) {
                    measure(row.getKey(), row.getValue());
                }
            }
            print(rows);
        } finally {
            rows.keySet().forEach(DrainerProcesses::close);
        }
    }

    private DrainerProcesses start(int count) throws IOException {
        List<String> program =
                List.of(
                        "-Dlogpipeline.bench.force_ms=" + options.forceMillis(),
                        "-cp",
                        "target/classes:target/test-classes:target/lib/*",
                        "io.logpipeline.SlowedMain");
        return runs.start(
                String.valueOf(count),
                count,
                program,
                Map.of("DRAINER_WORKERS", String.valueOf(WORKERS), "DRAINER_SYNC", "file"));
    }

    private void measure(DrainerProcesses drainers, Row row)
            throws IOException, InterruptedException {
        drainers.goOn();
        List<Double> before = drainers.metricOfEach(LISTS_DRAINED);
        row.runs.add(runs.measure(drainers, options.slowedKeys(), options.slowedKeys()));
        List<Double> after = drainers.metricOfEach(LISTS_DRAINED);
        drainers.rest();
        for (int i = 0; i < before.size(); i++) {
            row.shares.accept(Math.round(after.get(i) - before.get(i)));
        }
    }

    private void print(Map<DrainerProcesses, Row> rows) {
        System.out.printf(
                "%n### %,d new lists, each force takes %d ms more, %d workers a drainer%n%n",
                options.slowedKeys(), options.forceMillis(), WORKERS);
        System.out.println(
                "| drainers | lists/s | by the first line | lowest to highest | lists of each"
                        + " | CPU s per 100k | of Redis | peak MiB |");
        System.out.println("|--:|--:|--:|--:|--:|--:|--:|--:|");
        double first =
                Measurement.median(rows.values().iterator().next().runs, DrainRun::eventsPerSecond);
        rows.forEach((drainers, row) -> {
            double rate = Measurement.median(row.runs, DrainRun::eventsPerSecond);
            System.out.printf(
                    "| %s | %,.0f | %.2f | %,.0f to %,.0f | %,d to %,d | %.2f | %.2f | %d |%n",
                    drainers.name(),
                    rate,
                    rate / first,
                    row.runs.stream().mapToDouble(DrainRun::eventsPerSecond).min().orElse(0),
                    row.runs.stream().mapToDouble(DrainRun::eventsPerSecond).max().orElse(0),
                    row.shares.getMin(),
                    row.shares.getMax(),
                    Measurement.median(row.runs, DrainRun::cpuPer100k),
                    Measurement.median(row.runs, DrainRun::redisCpuPer100k),
                    (long) Measurement.median(row.runs, DrainRun::peakMebibytes));
        });
    }
}
