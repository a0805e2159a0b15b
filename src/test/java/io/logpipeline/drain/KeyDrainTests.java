package io.logpipeline.drain;

import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.testing.SharedRedis;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests of one entry, step by step on the test's own thread. */
abstract class KeyDrainTests {
    static final Duration LEASE = Duration.ofSeconds(60);
    static final Duration LEDGER_LIFE = Duration.ofHours(1);
    static final int MEMORY_BYTES = 1 << 20;
    static final String LIST = "logs:user_a:1";
    static final String LOCK = "{logs:user_a:1}:lock";
    static final String LEDGER = "{logs:user_a:1}:ledger";

    @RegisterExtension static final SharedRedis redis = new SharedRedis();

    @TempDir Path logDir;

    final RecordedTelemetry telemetry = new RecordedTelemetry();
    final MonotonicClock clock = MonotonicClock.system();
    final MemoryBudget memory = new MemoryBudget(MEMORY_BYTES);
    FaultyCalls calls;
    PendingStreams pending;
    Claims claims;
    VolumeKeeper keeper;
    KeyDrain keyDrain;
    boolean stopping;
    Drainer.Landed landed = (userDay, elements) -> {};
    Path file;

    @BeforeEach
    void admit() throws Exception {
        calls = new FaultyCalls(redis.link());
        pending = new PendingStreams(calls, "replica", new StreamSet(1));
        claims = new Claims(calls, LEASE, LEDGER_LIFE, 100, 100_000, 100_000);
        DayFiles files =
                new DayFiles(
                        new NioDisk(),
                        logDir,
                        Duration.ofSeconds(1),
                        clock,
                        (path, cause) -> new AssertionError("force failed: " + path, cause));
        LogVolume volume = new LogVolume(files, LEDGER_LIFE);
        Watchdog watchdog = new Watchdog(clock::nanoTime);
        keeper =
                new VolumeKeeper(
                        volume,
                        new Leases(calls),
                        new PipelineState("drainer", "test"),
                        watchdog,
                        clock,
                        LEASE);
        keeper.admit();
        keyDrain =
                new KeyDrain(
                        new Drainer.Parts(
                                claims,
                                pending,
                                keeper,
                                volume,
                                files,
                                memory,
                                telemetry,
                                clock,
                                (userDay, elements) -> landed.landed(userDay, elements)),
                        watchdog.loop("test"),
                        () -> stopping);
        file = logDir.resolve("user_a/1.jsonl");
    }

    /** A list with these events and its entry, taken. */
    PendingEntry pushed(String... elements) throws Exception {
        redis.server().rpush(LIST, elements);
        return entryOf(LIST);
    }

    KeyDrain.Outcome drain(PendingEntry entry) throws Exception {
        return drain(new HeldEntry(entry, "replica", null));
    }

    /** What becomes of the entry in the end. */
    KeyDrain.Outcome drain(HeldEntry held) throws Exception {
        return claims.await(keyDrain.drain(held));
    }

    PendingEntry entryOf(String list) throws Exception {
        long seconds = Long.parseLong(redis.server().time().getFirst());
        pending.of(list).addNow(list, seconds * 1_000_000);
        return take();
    }

    PendingEntry take() throws Exception {
        PendingStream.Taken taken = pending.of(LIST).take(Duration.ZERO, 1);
        return ((PendingStream.Taken.Entries) taken).entries().getFirst();
    }
}
