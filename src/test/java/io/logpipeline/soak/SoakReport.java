package io.logpipeline.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The one page that a soak leaves, on the terminal and in {@code target/soak-report.txt}. */
final class SoakReport {
    private static final Path FILE = Path.of("target", "soak-report.txt");

    private final long events;
    private final long seed;
    private final Producer.Tally tally;
    private final StringBuilder text = new StringBuilder();
    private long startNanos;
    private Duration producing = Duration.ZERO;
    private Duration draining = Duration.ZERO;

    SoakReport(long events, long seed, Producer.Tally tally) {
        this.events = events;
        this.seed = seed;
        this.tally = tally;
    }

    /** The clock runs from here. */
    void starts() {
        startNanos = System.nanoTime();
    }

    void produced() {
        producing = Duration.ofNanos(System.nanoTime() - startNanos);
    }

    void drained() {
        draining = Duration.ofNanos(System.nanoTime() - startNanos).minus(producing);
    }

    void write(Judge.Verdict verdict, Watcher watcher, Chaos chaos, List<String> problems)
            throws IOException {
        line("soak of %,d events, -Dlogpipeline.seed=%d", events, seed);
        line("processes     4 drainers, 2 APIs, 1 Redis (appendonly yes, appendfsync always)");
        line(
                "time          %d s under load (%,.0f events/s), %d s to drain the rest",
                producing.toSeconds(),
                events / (double) Math.max(1, producing.toSeconds()),
                draining.toSeconds());
        line("faults        %s", chaos.counts());
        line("requests      %,d, tries without success: %s", tally.requests.get(), tally.failures);
        line("acknowledged  %,d", tally.acknowledgedEvents.get());
        line("landed        %,d", verdict.landed());
        line("missing       %,d", verdict.missing());
        line("duplicates    %,d", verdict.duplicates());
        line("out of order  %,d", verdict.jumps());
        line("torn          %,d (tails repaired: %,d)", verdict.torn(), verdict.tornTails());
        line(
                "drain lag     p50 %.1f s, p90 %.1f s, p99 %.1f s, max %.1f s",
                watcher.lagSeconds(0.5),
                watcher.lagSeconds(0.9),
                watcher.lagSeconds(0.99),
                watcher.lagSeconds(1));
        watcher.peakBytes()
                .forEach((what, bytes) ->
                        line(
                                "%-13s peak memory %,d MiB, processor time of all %,d s",
                                what, bytes >> 20, watcher.cpu(what).toSeconds()));
        line(
                "counted       accepted %,.0f, drained %,.0f, recoveries %s, drain failures %s",
                watcher.total("events_accepted_total"),
                watcher.total("events_drained_total"),
                watcher.parts("recoveries_total"),
                watcher.parts("drain_failures_total"));
        line("problems      %s", problems.isEmpty() ? "none" : String.join("\n  ", problems));
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, text);
        System.out.print(text);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
