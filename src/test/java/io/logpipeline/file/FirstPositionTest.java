package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.event.UserDay;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.testing.ForwardingDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From where on a file that no ledger knows is verified: its age tells, by the file system's own
 * clock, which is read off probes.
 */
class FirstPositionTest {
    private static final Duration LEDGER_LIFE = Duration.ofHours(1);

    @TempDir Path temp;
    private Path logDir;
    private Path marker;
    private final StoppableClock clock = new StoppableClock();
    private DayFileFixture file;
    private LogVolume volume;

    @BeforeEach
    void open() {
        logDir = temp.resolve("logs");
        marker = logDir.resolve(".log-pipeline");
        file = new DayFileFixture(logDir, clock, Duration.ofMillis(50));
        volume = another();
    }

    private LogVolume another() {
        return new LogVolume(file.files, LEDGER_LIFE);
    }

    private void putModified(String content, Duration ago) throws IOException {
        file.put(content);
        Files.setLastModifiedTime(file.path, FileTime.from(Instant.now().minus(ago)));
    }

    private void noteStore(String storeId, Duration ago) throws IOException {
        volume.adopt(storeId);
        Files.setLastModifiedTime(marker, FileTime.from(Instant.now().minus(ago)));
        volume.adopt(storeId);
        volume.probe();
    }

    private long firstPosition() throws IOException {
        return volume.sight(DayFileFixture.USER_DAY).firstPosition();
    }

    /** Of a process that may be stopped before the probe's write, or after it. */
    private final class StoppableClock implements MonotonicClock {
        private long passedNanos;
        private boolean stopInTheNextProbe;

        @Override
        public long nanoTime() {
            long now = System.nanoTime() + passedNanos;
            boolean after = file.disk.effects().getLast().startsWith("STAT ");
            return stopInTheNextProbe && !after ? now - Duration.ofHours(2).toNanos() : now;
        }

        @Override
        public void pause(Duration duration) {
            passedNanos += duration.toNanos();
        }
    }

    @Test
    void withoutAFileTheFirstPositionIsZero() throws IOException {
        volume.adopt("store-1");

        assertThat(firstPosition()).isZero();
    }

    @Test
    void aFileOlderThanAnyLedgerHoldsNothingPending() throws IOException {
        noteStore("store-1", Duration.ofDays(30));
        putModified("a\n", LEDGER_LIFE.plusMinutes(1));

        assertThat(firstPosition()).isEqualTo(2);
    }

    @Test
    void aFileOlderThanTheStoreHoldsNothingPending() throws IOException {
        noteStore("store-1", Duration.ofMinutes(5));
        putModified("a\n", Duration.ofMinutes(6));

        assertThat(firstPosition()).isEqualTo(2);
    }

    /** The time of files moves in steps: it may have been written before the note. */
    @Test
    void aFileOfTheVeryMomentOfTheNoteHoldsNothingPending() throws IOException {
        noteStore("store-1", Duration.ofMinutes(5));
        file.put("a\n");
        Files.setLastModifiedTime(file.path, Files.getLastModifiedTime(marker));

        assertThat(firstPosition()).isEqualTo(2);
    }

    @Test
    void whatThisStoresDrainersWriteIsYoungerThanItsNoteHoweverLongTheSteps() throws IOException {
        Disk inSeconds =
                ForwardingDisk.telling(
                        new NioDisk(),
                        (path, now) ->
                                new Disk.Stat(
                                        now.sizeBytes(),
                                        now.modified().truncatedTo(ChronoUnit.SECONDS),
                                        now.identity()));
        DayFiles files =
                new DayFiles(
                        inSeconds,
                        logDir,
                        Duration.ofSeconds(1),
                        MonotonicClock.system(),
                        (path, cause) -> new AssertionError(cause));
        LogVolume coarse = new LogVolume(files, LEDGER_LIFE);
        coarse.adopt("store-1");
        coarse.probe();
        file.put("a\n");

        assertThat(coarse.sight(DayFileFixture.USER_DAY).firstPosition()).isZero();
    }

    /** Its clock was set back, or its steps are longer than any that is known. */
    @Test
    void aTimeThatDoesNotComeIsNotAwaitedForEver() throws IOException {
        volume.adopt("store-1");
        Files.setLastModifiedTime(marker, FileTime.from(Instant.now().plusSeconds(3600)));
        volume.adopt("store-1");
        long before = clock.nanoTime();

        volume.probe();
        volume.probe();

        assertThat(Duration.ofNanos(clock.nanoTime() - before))
                .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
    }

    @Test
    void aRecentFileOfThisStoreIsVerifiedWhole() throws IOException {
        noteStore("store-1", Duration.ofDays(30));
        putModified("a\n", LEDGER_LIFE.minusMinutes(1));

        assertThat(firstPosition()).isZero();
    }

    @Test
    void theTimeOfAnEmbeddedStoreBeginsWithItsNote() throws IOException {
        noteStore("store-1", Duration.ofDays(30));
        putModified("a\n", Duration.ofMinutes(1));
        volume.adopt("store-2");

        assertThat(firstPosition()).isEqualTo(2);
    }

    @Test
    void aFilesAgeIsByTheFileSystemsClock() throws IOException {
        noteStore("store-1", Duration.ofDays(30));
        putModified("a\n", Duration.ofMinutes(1));
        clock.pause(Duration.ofHours(2));
        assertThat(firstPosition()).isEqualTo(2);

        volume.probe();

        assertThat(firstPosition()).isZero();
    }

    /** Found by the simulation: with a fall-back of Redis the file's events came twice. */
    @Test
    void aStoreKeepsItsTimeThoughAProcessThatWasStoppedComesWithTheOneBefore() throws IOException {
        noteStore("store-1", Duration.ofDays(30));
        noteStore("store-2", Duration.ofMinutes(10));
        putModified("a\n", Duration.ofMinutes(5));

        another().adopt("store-1");
        volume.adopt("store-2");

        assertThat(firstPosition()).isZero();
    }

    @Test
    void aFormerStoreHasTheTimeThatItHad() throws IOException {
        noteStore("store-1", Duration.ofMinutes(10));
        noteStore("store-2", Duration.ofMinutes(2));
        putModified("a\n", Duration.ofMinutes(5));
        assertThat(firstPosition()).isEqualTo(2);

        volume.adopt("store-1");

        assertThat(firstPosition()).isZero();
    }

    /** Found by the simulation: with a fall-back of Redis the file's events came twice. */
    @Test
    void aStopInTheMidstOfAProbeIsNotTakenForTheFileSystemsTime() throws IOException {
        noteStore("store-1", Duration.ofDays(30));
        putModified("a\n", Duration.ofMinutes(1));
        clock.stopInTheNextProbe = true;
        volume.probe();

        assertThat(firstPosition()).isZero();
    }

    /** Found by the simulation: of two equal events, hours apart, one was missing. */
    @Test
    void aDirectoryWhoseClockWasNotReadYetIsOfNoUse() throws IOException {
        noteStore("store-1", Duration.ofDays(30));
        putModified("a\n", Duration.ofMinutes(1));
        volume = another();
        volume.adopt("store-1");
        clock.stopInTheNextProbe = true;

        assertThatThrownBy(() -> volume.probe())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("clock");
        assertThatThrownBy(this::firstPosition).isInstanceOf(IllegalStateException.class);
        clock.stopInTheNextProbe = false;
        volume.probe();
        assertThat(firstPosition()).isZero();
    }

    @Test
    void probesOfAllReplicasLeaveOneEmptyFile() throws IOException {
        volume.adopt("store-1");
        volume.probe();
        volume.probe();

        try (Stream<Path> left = Files.list(logDir)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            ".log-pipeline", ".log-pipeline.lock", ".log-pipeline.probe");
        }
        assertThat(logDir.resolve(".log-pipeline.probe")).isEmptyFile();
    }

    @Test
    void aProbeForcesWhatItWrites() throws IOException {
        volume.adopt("store-1");
        volume.probe();

        assertThat(file.disk.effects())
                .containsSubsequence("CREATE .log-pipeline.probe", "FORCE .log-pipeline.probe");
    }

    @Test
    void aProbeOfADiskThatTakesNoWriteFailsAndTheNextOneSucceeds() throws IOException {
        volume.adopt("store-1");
        for (FaultyDisk.Effect effect :
                new FaultyDisk.Effect[] {
                    FaultyDisk.Effect.CREATE, FaultyDisk.Effect.WRITE, FaultyDisk.Effect.FORCE
                }) {
            file.disk.failAt(effect, 1);

            assertThatThrownBy(() -> volume.probe()).isInstanceOf(IOException.class);
            volume.probe();
        }
    }

    @Test
    void theFirstPositionOfAUserIsThatOfHisOwnFile() throws IOException {
        noteStore("store-1", Duration.ofMinutes(5));
        putModified("a\n", Duration.ofMinutes(6));

        assertThat(volume.sight(new UserDay("u", 8)).firstPosition()).isZero();
        assertThat(volume.sight(new UserDay("v", 7)).firstPosition()).isZero();
    }
}
