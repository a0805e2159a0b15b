package io.logpipeline;

import io.logpipeline.drain.Drainer;
import io.logpipeline.drain.Sweeper;
import io.logpipeline.file.Disk;
import io.logpipeline.file.FailStop;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.MemoryWatermark;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisWatch;
import io.logpipeline.redis.Replicas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * One running process: its parts, wired, in the order in which they start; they stop in reverse.
 */
final class Pipeline implements AutoCloseable {
    /**
     * Where every effect on Redis and on files passes through: tests of real processes fail, delay
     * or kill at them.
     */
    record Seams(Disk disk, UnaryOperator<RedisCalls> redis) {
        static Seams none() {
            return new Seams(new NioDisk(), UnaryOperator.identity());
        }
    }

    private final Common common;
    private final HttpSide.Ports ports;

    private Pipeline(Common common, HttpSide.Ports ports) {
        this.common = common;
        this.ports = ports;
    }

    /**
     * Starts a role.
     *
     * @param refused told, from a thread of the pipeline, why it must not run on this Redis
     * @throws StartRefused when the port can't be had
     */
    static Pipeline start(
            Role role,
            Settings settings,
            String version,
            Seams seams,
            Drainer.Landed landed,
            FailStop failStop,
            Consumer<String> refused) {
        Common common = Common.of(role, settings, version, seams);
        try {
            return new Pipeline(common, wire(common, landed, failStop, refused));
        } catch (RuntimeException | Error failed) {
            common.stops().close();
            throw failed;
        }
    }

    private static HttpSide.Ports wire(
            Common common, Drainer.Landed landed, FailStop failStop, Consumer<String> refused) {
        Settings settings = common.settings();
        Stops stops = common.stops();
        RedisCalls link = common.calls(common.link("", settings.redis().timeout()));
        stops.push(link::close);
        PendingStreams pending = new PendingStreams(link, common.replica(), common.streams());
        Leases leases = new Leases(link);
        MemoryWatermark memory = new MemoryWatermark(settings.redis().memoryHighPercent());
        RedisWatch watch =
                new RedisWatch(
                        link,
                        pending,
                        common.state(),
                        common.watchdog(),
                        common.clock(),
                        refused,
                        memory,
                        settings.redis().durability());
        stops.push(watch::stop);
        Sweeper sweeper =
                new Sweeper(
                                new ListScan(
                                        link,
                                        settings.drainer().logPattern(),
                                        settings.redis().keyExpiration()),
                                pending,
                                leases,
                                common.telemetry(),
                                common.watchdog(),
                                common.clock(),
                                common.replica(),
                                sweepPeriod(settings))
                        .start();
        common.telemetry().gauges().sweeperLeader(sweeper::leads);
        common.telemetry().gauges().sweepTime(sweeper::sweepTime);
        stops.push(sweeper::stop);
        if (common.role().drains()) {
            DrainSide.start(common, leases, landed, failStop);
        }
        return HttpSide.start(common, memory, new Replicas(link, pending));
    }

    /** Often enough that a list outlives a change of leader with time to spare. */
    private static Duration sweepPeriod(Settings settings) {
        Duration quarterOfLife = settings.redis().keyExpiration().dividedBy(4);
        Duration interval = settings.drainer().interval();
        return interval.compareTo(quarterOfLife) < 0 ? interval : quarterOfLife;
    }

    /** The port that the server listens on. */
    int port() {
        return ports.server();
    }

    /** The port of the page, of metrics and health. */
    int observePort() {
        return ports.observe();
    }

    Path logDir() {
        return common.settings().drainer().logDir();
    }

    /** Stops accepting, finishes what is in hand, gives locks back. */
    @Override
    public void close() {
        common.stops().close();
    }
}
