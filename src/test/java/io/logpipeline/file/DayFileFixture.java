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

    DayFileFixture(Path logDir, MonotonicClock clock, Duration lockTimeout) {
        this.logDir = logDir;
        this.files = new DayFiles(disk, logDir, lockTimeout, clock, ForceFailed::new);
        this.writer = files.writer(() -> {});
        this.path = files.path(USER_DAY);
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
        return outcome(USER_DAY, position, elements);
    }

    /** As a drainer does it, which looks again at a file that it has just made. */
    AppendOutcome outcome(UserDay userDay, long position, String... elements) throws IOException {
        Sighting first = sighting(files.path(userDay));
        AppendOutcome outcome = writer.append(userDay, first, position, elements(elements));
        return first.identity() == null && outcome instanceof AppendOutcome.Overtaken
                ? writer.append(
                        userDay, sighting(files.path(userDay)), position, elements(elements))
                : outcome;
    }

    /** The file as it is now, seen without an effect on the disk under test. */
    Sighting sighting() throws IOException {
        return sighting(path);
    }

    private static Sighting sighting(Path path) throws IOException {
        return new NioDisk()
                .stat(path)
                .map(stat -> new Sighting(0, stat.sizeBytes(), stat.identity()))
                .orElse(new Sighting(0, 0, null));
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
