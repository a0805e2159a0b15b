package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.AppendOutcome;
import io.logpipeline.file.DayFileWriter;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.Sighting;
import io.logpipeline.file.SteppingClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One drainer process, a step at a time: look at the file, claim, append, commit. The files are
 * production code; the steps are those of {@link KeyDrain}.
 */
final class SimulatedProcess {
    static final UserDay USER_DAY = new UserDay("u", 7);
    static final Path LOG_DIR = Path.of("/logs");
    static final Duration LEDGER_LIFE = Duration.ofHours(1);
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(8);

    /** Its end. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
        final int process;

        Killed(int process) {
            super("process " + process, null, false, false);
            this.process = process;
        }
    }

    private sealed interface Stage {
        record Idle() implements Stage {}

        record Sighted(Sighting sighting) implements Stage {}

        record Claimed(Sighting sighting, RedisModel.Claim.Claimed claim) implements Stage {}

        /** The file holds all of the claim, or none, and the ledger is to be told so. */
        record Written(RedisModel.Claim.Claimed claim, int elements, long position)
                implements Stage {}
    }

    private final SteppingClock clock;
    private final int number;
    private final DayFiles files;
    private final DayFileWriter writer;
    private LogVolume volume;
    private @Nullable String admittedStoreId;
    private Stage stage = new Stage.Idle();

    SimulatedProcess(int number, SimulatedDisk disk, SteppingClock clock) {
        this.clock = clock;
        this.number = number;
        this.files =
                new DayFiles(
                        disk.of(number),
                        LOG_DIR,
                        LOCK_TIMEOUT,
                        clock,
                        (path, cause) -> new Killed(number));
        this.writer = files.writer(() -> {});
        this.volume = new LogVolume(files, LEDGER_LIFE, clock.wall());
    }

    Path path() {
        return files.path(USER_DAY);
    }

    /** A new process in the place of one that ended. */
    void restart() {
        volume = new LogVolume(files, LEDGER_LIFE, clock.wall());
        admittedStoreId = null;
        stage = new Stage.Idle();
    }

    @Override
    public String toString() {
        return number + " " + stage;
    }

    boolean isIdle() {
        return stage instanceof Stage.Idle;
    }

    void step(RedisModel redis, Random random, boolean calm, HistoryCounts counts) {
        try {
            stage =
                    switch (stage) {
                        case Stage.Idle idle -> look(redis);
                        case Stage.Sighted sighted -> claim(redis, random, sighted, counts);
                        case Stage.Claimed claimed -> append(random, claimed, counts);
                        case Stage.Written written -> commit(redis, random, written, calm, counts);
                    };
        } catch (IOException failure) {
            counts.failedAppends++;
            stage = new Stage.Idle();
        }
    }

    private Stage look(RedisModel redis) throws IOException {
        if (admittedStoreId == null) {
            String storeId = redis.storeId();
            volume.adopt(storeId);
            admittedStoreId = storeId;
        }
        return new Stage.Sighted(volume.sight(USER_DAY));
    }

    private Stage claim(
            RedisModel redis, Random random, Stage.Sighted sighted, HistoryCounts counts) {
        String storeId = admittedStoreId == null ? "" : admittedStoreId;
        return switch (redis.claim(
                storeId, sighted.sighting.firstPosition(), 1 + random.nextInt(3))) {
            case RedisModel.Claim.Claimed claimed -> new Stage.Claimed(sighted.sighting, claimed);
            case RedisModel.Claim.Empty empty -> new Stage.Idle();
            case RedisModel.Claim.NotAdmitted refused -> {
                counts.refusedClaims++;
                admittedStoreId = null;
                yield new Stage.Idle();
            }
        };
    }

    private Stage append(Random random, Stage.Claimed claimed, HistoryCounts counts)
            throws IOException {
        RedisModel.Claim.Claimed claim = claimed.claim;
        List<byte[]> elements = claim.elements().stream().map(Event::bytes).toList();
        return switch (writer.append(USER_DAY, claimed.sighting, claim.position(), elements)) {
            case AppendOutcome.Appended appended -> {
                counts.matched += appended.alreadyApplied();
                counts.torn += appended.tornBytes() > 0 ? 1 : 0;
                counts.rolledBack += appended.rolledBack() ? 1 : 0;
                yield new Stage.Written(claim, elements.size(), appended.position());
            }
            case AppendOutcome.Replaced replaced -> {
                counts.replaced++;
                yield new Stage.Written(claim, 0, replaced.sizeBytes());
            }
            case AppendOutcome.Overtaken overtaken -> {
                counts.overtaken++;
                yield new Stage.Idle();
            }
            case AppendOutcome.Locked locked -> {
                counts.locked++;
                yield random.nextBoolean() ? claimed : new Stage.Idle();
            }
        };
    }

    /** In a storm some commits never arrive. */
    private static Stage commit(
            RedisModel redis,
            Random random,
            Stage.Written written,
            boolean calm,
            HistoryCounts counts) {
        if (calm || random.nextInt(6) > 0) {
            RedisModel.Commit commit =
                    redis.commit(written.claim, written.elements, written.position);
            if (written.elements == 0 && commit == RedisModel.Commit.MORE) {
                // A ledger that falls back behind its step means the file before again, of which
                // nobody can know what it held.
                redis.forgetThePast();
            }
            counts.stale += commit == RedisModel.Commit.STALE ? 1 : 0;
        }
        return new Stage.Idle();
    }
}
