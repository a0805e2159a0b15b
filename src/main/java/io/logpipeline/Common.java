package io.logpipeline;

import io.helidon.metrics.api.MeterRegistry;
import io.logpipeline.file.Disk;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisLink;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.PipelineTelemetry;
import io.logpipeline.telemetry.ProcessMeters;
import io.logpipeline.telemetry.Watchdog;
import java.time.Duration;
import java.util.UUID;

/**
 * What the parts of one process have in common.
 *
 * @param replica its name in the consumer groups
 * @param streams which streams it reads: what its watch sees, its drainer takes from
 * @param stops to close what was started
 */
record Common(
        Role role,
        Settings settings,
        Pipeline.Seams seams,
        String replica,
        StreamSet streams,
        MonotonicClock clock,
        Watchdog watchdog,
        PipelineState state,
        MeterRegistry meters,
        PipelineTelemetry telemetry,
        Stops stops) {
    static Common of(Role role, Settings settings, String version, Pipeline.Seams seams) {
        MonotonicClock clock = MonotonicClock.system();
        PipelineState state = new PipelineState(role.word(), version);
        MeterRegistry meters = ProcessMeters.registry();
        PipelineTelemetry telemetry = new PipelineTelemetry(meters, state, clock::nanoTime);
        telemetry.gauges().keyExpiration(settings.redis().keyExpiration());
        return new Common(
                role,
                settings,
                seams,
                replicaName(),
                new StreamSet(settings.drainer().streams()),
                clock,
                new Watchdog(clock::nanoTime),
                state,
                meters,
                telemetry,
                new Stops());
    }

    private static String replicaName() {
        String host = System.getenv().getOrDefault("HOSTNAME", "local");
        String unique = UUID.randomUUID().toString().substring(0, 8);
        return host + "-" + ProcessHandle.current().pid() + "-" + unique;
    }

    /**
     * A connection of its own for one purpose.
     *
     * @param purpose ends its name in Redis' list of clients; may be empty
     */
    RedisLink link(String purpose, Duration timeout) {
        String name = "log-pipeline-" + role.word() + (purpose.isEmpty() ? "" : "-" + purpose);
        return RedisLink.open(settings.redis().server(), name, timeout);
    }

    /** The link as the parts see it: what they call passes through the seam. */
    RedisCalls calls(RedisLink link) {
        return seams.redis().apply(link);
    }

    Disk disk() {
        return seams.disk();
    }
}
