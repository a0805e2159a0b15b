package io.logpipeline;

import io.logpipeline.drain.Drainer;
import io.logpipeline.drain.MemoryBudget;
import io.logpipeline.drain.VolumeKeeper;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.FailStop;
import io.logpipeline.file.LogVolume;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisCalls;
import java.time.Duration;

/** The parts that carry lists from Redis into their files. */
final class DrainSide {
    /**
     * How much longer a ledger lives than its file counts as one of it. A list that is claimed when
     * its ledger has gone must have had its file looked at as one that holds nothing of it: between
     * the two looks a process may be held up, and the clocks are two.
     */
    static final Duration LEDGER_MARGIN = Duration.ofMinutes(5);

    /**
     * While it is drained, a large element is in the heap as it came, as its line where that is
     * another one, and up to twice where it is looked for in an unsettled end of its file; beside
     * the heap twice, in a receive buffer that grows. So a sixteenth is a quarter of the heap, with
     * the rest for the other workers, and even one of nothing but control characters, whose line is
     * six times as long, fits where its file is settled.
     */
    private static final int HEAP_SHARE = 16;

    private DrainSide() {}

    /**
     * The most bytes of one element that this process reads. Another producer's may have 512 MiB,
     * and would end each drainer that tries it. One of an API has no more than its request, whose
     * strings and numbers never get longer: it is read by any heap.
     *
     * @param heapBytes as large as the heap may get
     */
    static int elementBytesMax(long heapBytes) {
        long share = Math.max(heapBytes / HEAP_SHARE, SettingsReader.BATCH_BYTES_MAX);
        return (int) Math.min(share, Integer.MAX_VALUE);
    }

    static void start(Common common, Leases leases, Drainer.Landed landed, FailStop failStop) {
        Settings.Drain settings = common.settings().drainer();
        // A chunk takes longer than a look at Redis, and must not hold one up.
        RedisCalls link = common.calls(common.link("drain", settings.redisTimeout()));
        common.stops().push(link::close);
        PendingStreams pending = new PendingStreams(link, common.replica(), common.streams());
        DayFiles files =
                new DayFiles(
                        common.disk(),
                        settings.logDir(),
                        settings.fileLockTimeout(),
                        common.clock(),
                        failStop,
                        settings.sync(),
                        DayFiles.BUFFER_BYTES);
        LogVolume volume = new LogVolume(files, settings.ledgerLife());
        VolumeKeeper keeper =
                new VolumeKeeper(
                                volume,
                                leases,
                                common.state(),
                                common.watchdog(),
                                common.clock(),
                                settings.lease())
                        .start();
        common.stops().push(keeper::stop);
        Claims claims =
                new Claims(
                        link,
                        settings.lease(),
                        settings.ledgerLife().plus(LEDGER_MARGIN),
                        settings.batchElementsMax(),
                        settings.batchBytesMax(),
                        elementBytesMax(Runtime.getRuntime().maxMemory()));
        Drainer drainer =
                new Drainer(
                                new Drainer.Parts(
                                        claims,
                                        pending,
                                        keeper,
                                        volume,
                                        files,
                                        new MemoryBudget(settings.memoryBytesMax()),
                                        common.telemetry(),
                                        common.clock(),
                                        landed),
                                common.watchdog(),
                                settings.interval(),
                                settings.lease(),
                                common.replica(),
                                settings.workers())
                        .start();
        common.telemetry().gauges().keysInHand(drainer::keysInHand);
        common.stops().push(drainer::stop);
    }
}
