package io.logpipeline.telemetry;

import io.helidon.metrics.api.BuiltInMeterNameFormat;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.ScopeConfig;
import io.helidon.service.registry.Services;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The registry of this process, with the JVM's and Helidon's own meters in it.
 *
 * <p>Those whose names promtool refuses go by others: Helidon's camel case becomes snake case, and
 * its gauges that end in {@code _count}, a suffix kept for histograms, are replaced by {@code
 * jvm_…}.
 */
public final class ProcessMeters {
    private ProcessMeters() {}

    /** The one registry: the same at each call, and the one Helidon itself writes to. */
    public static MeterRegistry registry() {
        return Holder.REGISTRY;
    }

    private static final class Holder {
        static final MeterRegistry REGISTRY =
                withJvmMeters(Services.get(MetricsFactory.class).globalRegistry(config()));
    }

    static MetricsConfig config() {
        return MetricsConfig.builder()
                .builtInMeterNameFormat(BuiltInMeterNameFormat.SNAKE)
                .scoping(scoping ->
                        scoping.putScope(
                                Meter.Scope.BASE,
                                ScopeConfig.builder()
                                        .name(Meter.Scope.BASE)
                                        .exclude(Pattern.compile(".*\\.count"))
                                        .build()))
                .build();
    }

    static MeterRegistry withJvmMeters(MeterRegistry registry) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        gauge(registry, "jvm_threads", "Live platform threads", threads::getThreadCount);
        gauge(registry, "jvm_threads_daemon", "Live daemon threads", threads::getDaemonThreadCount);
        gauge(registry, "jvm_threads_peak", "Most threads at once", threads::getPeakThreadCount);
        gauge(registry, "jvm_classes_loaded", "Classes loaded now", classes::getLoadedClassCount);
        return registry;
    }

    private static void gauge(
            MeterRegistry registry, String name, String description, Supplier<Integer> value) {
        registry.getOrCreate(
                Gauge.builder(name, value).description(description).scope(Meter.Scope.BASE));
    }
}
