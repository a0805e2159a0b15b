package io.logpipeline.telemetry;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Registers meters under the names that {@code /metrics} prints.
 *
 * <p>The registry appends {@code _total} to a counter and {@code _seconds} to a timer by itself.
 */
final class Meters {
    private static final String PREFIX = "log_pipeline_";

    /** 100 µs to 10 s, three a decade. */
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** {@code <name>_total}. */
    Counter counter(String name, String description) {
        return registry.getOrCreate(Counter.builder(PREFIX + name).description(description));
    }

    /** {@code <name>_total}, one series for each constant, all there from the start. */
    <E extends Enum<E>> Map<E, Counter> counters(
            String name, String description, String label, Class<E> values) {
        Map<E, Counter> counters = new EnumMap<>(values);
        for (E value : values.getEnumConstants()) {
            counters.put(
                    value,
                    registry.getOrCreate(
                            Counter.builder(PREFIX + name)
                                    .description(description)
                                    .addTag(Tag.create(label, labelValue(value)))));
        }
        return counters;
    }

    /** {@code <name>_seconds}, a histogram: quantile lines would make it no valid one. */
    Timer timer(String name, String description) {
        return registry.getOrCreate(
                Timer.builder(PREFIX + name)
                        .description(description)
                        .percentiles(new double[0])
                        .minimumExpectedValue(BUCKETS[0])
                        .maximumExpectedValue(BUCKETS[BUCKETS.length - 1])
                        .buckets(BUCKETS));
    }

    /** {@code <name>}, read at each scrape; takes the place of an earlier one of this name. */
    <N extends Number> void gauge(String name, String description, Supplier<N> value) {
        registry.remove(PREFIX + name, List.of());
        registry.getOrCreate(Gauge.builder(PREFIX + name, value).description(description));
    }

    /**
     * {@code <name>}, always 1: its labels tell of the process; takes the place of earlier ones.
     */
    void info(String name, String description, Map<String, String> labels) {
        registry.meters(meter -> meter.id().name().equals(PREFIX + name)).forEach(registry::remove);
        Gauge.Builder<Integer> gauge =
                Gauge.builder(PREFIX + name, () -> 1).description(description);
        labels.forEach((label, value) -> gauge.addTag(Tag.create(label, value)));
        registry.getOrCreate(gauge);
    }

    /** An enum constant as a label spells it. */
    static String labelValue(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
