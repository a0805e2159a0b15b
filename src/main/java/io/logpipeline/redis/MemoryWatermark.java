package io.logpipeline.redis;

import io.logpipeline.telemetry.LogLine;
import java.util.Map;

/**
 * Whether Redis' memory is so full that nothing more should be pushed. A Redis that refuses by
 * itself does so between the lists of one batch; and what empties it needs some memory too.
 *
 * <p>Invariant: once high, it stays so until the use is some percent lower, so that requests are
 * not let in and turned away in turns.
 */
public final class MemoryWatermark {
    private static final System.Logger LOG = System.getLogger("io.logpipeline.redis");
    private static final int HYSTERESIS_PERCENT = 5;

    private final int highPercent;
    private volatile boolean high;

    /**
     * @param highPercent of Redis' {@code maxmemory}; 0 for never
     */
    public MemoryWatermark(int highPercent) {
        this.highPercent = highPercent;
    }

    /** Whether it can ever be high. */
    public boolean isOn() {
        return highPercent > 0;
    }

    /** Whether to stop pushing. */
    public boolean isHigh() {
        return high;
    }

    /** Asks Redis, of a cluster the fullest master; one without {@code maxmemory} is never full. */
    void look(RedisCalls calls) throws RedisFailure, InterruptedException {
        if (isOn()) {
            saw(
                    ServerCheck.fieldsOfEach(calls).stream()
                            .mapToInt(MemoryWatermark::usedPercent)
                            .max()
                            .orElse(0));
        }
    }

    private static int usedPercent(Map<String, String> fields) {
        long max = bytes(fields, "maxmemory");
        // What Redis itself leaves out when it compares.
        long used = bytes(fields, "used_memory") - bytes(fields, "mem_not_counted_for_evict");
        return max == 0 ? 0 : (int) Math.min(1_000, used * 100 / max);
    }

    private static long bytes(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, "0"));
    }

    void saw(int percent) {
        boolean before = high;
        high = percent >= (before ? highPercent - HYSTERESIS_PERCENT : highPercent);
        if (high != before) {
            LOG.log(
                    high ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                    () ->
                            LogLine.of(
                                            high
                                                    ? "Redis' memory is nearly full: requests are"
                                                            + " turned away until there is room"
                                                    : "Redis has room again")
                                    .with("used_percent", percent)
                                    .with("high_percent", highPercent)
                                    .toString());
        }
    }
}
