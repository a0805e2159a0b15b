package io.logpipeline.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.logpipeline.event.UserDay;
import io.logpipeline.telemetry.MonotonicClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** One day file on a real file system, and a writer of it. */
final class DayFileFixture {
    /** What stands for the end of the process when a force failed. */
    static final class ForceFailed extends Error {
        private static final long serialVersionUID = 1;

        ForceFailed(Path path, IOException cause) {
            super(path.toString(), cause);
        }
    }

    static final UserDay USER_DAY = new UserDay("u", 7);

    final Path logDir;
    final FaultyDisk disk = new FaultyDisk(new NioDisk());
    final DayFiles files;
    final DayFileWriter writer;
    final Path path;

    DayFileFixture(Path logDir) {
        this(logDir, new SteppingClock(), Duration.ofMillis(50));
    }

    DayFileFixture(Path logDir, Sync sync) {
        this(logDir, new SteppingClock(), Duration.ofMillis(50), sync);
    }

    DayFileFixture(Path logDir, MonotonicClock clock, Duration lockTimeout) {
        this(logDir, clock, lockTimeout, Sync.FILE);
    }

    private DayFileFixture(Path logDir, MonotonicClock clock, Duration lockTimeout, Sync sync) {
        this.logDir = logDir;
        this.files =
                new DayFiles(
                        disk,
                        logDir,
                        lockTimeout,
                        clock,
                        ForceFailed::new,
                        sync,
                        DayFiles.BUFFER_BYTES);
        this.writer = files.writer(() -> {});
        this.path = files.path(USER_DAY);
    }

    /** A fresh file that holds "old\n" below the ledger's position of 4, and a tail behind it. */
    static DayFileFixture begun(Path logDir, String tail) throws IOException {
        DayFileFixture file = new DayFileFixture(logDir);
        file.disk.settled(4);
        file.put("old\n" + tail);
        return file;
    }

    static List<byte[]> elements(String... elements) {
        return Arrays.stream(elements).map(element -> element.getBytes(UTF_8)).toList();
    }

    AppendOutcome.Appended append(long position, String... elements) throws IOException {
        AppendOutcome outcome = outcome(position, elements);
        if (outcome instanceof AppendOutcome.Appended appended) {
            return appended;
        }
        throw new AssertionError(outcome);
    }

    AppendOutcome outcome(long position, String... elements) throws IOException {
        return outcome(USER_DAY, position, elements(elements));
    }

    /** As the drain does it: a file that is new is looked at again. */
    AppendOutcome outcome(UserDay userDay, long position, List<byte[]> elements)
            throws IOException {
        AppendOutcome outcome = writer.append(userDay, sighting(userDay), position, elements);
        return outcome instanceof AppendOutcome.Overtaken
                ? writer.append(userDay, sighting(userDay), position, elements)
                : outcome;
    }

    Sighting sighting() throws IOException {
        return sighting(USER_DAY);
    }

    /** The file as it is now, seen without an effect on the disk under test. */
    private Sighting sighting(UserDay userDay) throws IOException {
        return new Sighting(0, new NioDisk().stat(files.path(userDay)));
    }

    /** Somebody else's writing: the file holds exactly this afterwards. */
    void put(String content) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    void putMore(String content) throws IOException {
        Files.writeString(path, content, StandardOpenOption.APPEND);
    }

    String content() throws IOException {
        return Files.readString(path);
    }

    String torn() throws IOException {
        return Files.readString(tornPath());
    }

    Path tornPath() {
        return path.resolveSibling("7.jsonl.torn");
    }
}
