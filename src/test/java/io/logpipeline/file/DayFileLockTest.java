package io.logpipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.event.UserDay;
import io.logpipeline.telemetry.MonotonicClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DayFileLockTest {
    @TempDir Path logDir;

    /** Holds a file's lock until its standard input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            try (Disk.OpenFile file = new NioDisk().open(Path.of(arguments[0]))) {
                System.out.write(file.tryLock() ? 'L' : 'F');
                System.out.flush();
                var end = System.in.read();
                System.out.write(end);
            }
        }
    }

    private static Process hold(Path path) throws IOException {
        Process holder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xshare:auto",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Holder.class.getName(),
                                path.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(holder.getInputStream().read()).isEqualTo('L');
        return holder;
    }

    @Test
    void aFileHeldByAnotherProcessIsLeftAloneAfterTheTimeout() throws Exception {
        DayFileFixture file = new DayFileFixture(logDir);
        file.put("old\ntorn");
        Process holder = hold(file.path);
        try {
            AppendOutcome outcome = file.outcome(4, "a");

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            AppendOutcome.Locked.class,
                            locked ->
                                    assertThat(locked.waited())
                                            .isGreaterThan(Duration.ofMillis(50)));
            assertThat(file.content()).isEqualTo("old\ntorn");
            assertThat(file.tornPath()).doesNotExist();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(file.append(4, "a").position()).isEqualTo(6);
        assertThat(file.content()).isEqualTo("old\na\n");
    }

    /** Whoever closes any descriptor of a file loses the locks that its process has on it. */
    @Test
    void aFileThatIsOpenHereIsNotMade() throws Exception {
        UserDay userDay = UserDay.fromKey("logs:user_a:1").orElseThrow();
        DayFiles files =
                new DayFiles(
                        new NioDisk(),
                        logDir,
                        Duration.ofSeconds(1),
                        MonotonicClock.system(),
                        (path, cause) -> null);
        assertThat(files.enter(userDay)).isTrue();
        assertThat(files.create(userDay)).isEmpty();
        assertThat(files.path(userDay)).doesNotExist();
        assertThat(files.enter(userDay)).isFalse();
        files.leave(userDay);

        assertThat(files.create(userDay)).isPresent();

        assertThat(files.path(userDay)).isEmptyFile();
        assertThat(files.enter(userDay)).isTrue();
    }

    @Test
    void theLockOfAProcessThatIsKilledPassesOnToTheOneThatWaits() throws Exception {
        KillingClock clock = new KillingClock();
        DayFileFixture file = new DayFileFixture(logDir, clock, Duration.ofSeconds(30));
        file.put("old\n");
        Process holder = hold(file.path);
        try {
            clock.victim = holder;

            assertThat(file.append(4, "a").position()).isEqualTo(6);
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    /** The first pause of whoever waits ends the process that it waits for. */
    private static final class KillingClock implements MonotonicClock {
        private final MonotonicClock system = MonotonicClock.system();
        private Process victim;

        @Override
        public long nanoTime() {
            return system.nanoTime();
        }

        @Override
        public void pause(Duration duration) {
            victim.destroyForcibly();
            system.pause(duration);
        }
    }

    @Test
    void aFileReplacedWhileItsLockWasAwaitedIsNotWritten() throws Exception {
        MovingClock clock = new MovingClock();
        DayFileFixture file = new DayFileFixture(logDir, clock, Duration.ofSeconds(30));
        file.put("old\n");
        Path rotated = file.path.resolveSibling("7.jsonl.1");
        try (Disk.OpenFile other = new NioDisk().open(file.path)) {
            assertThat(other.tryLock()).isTrue();
            clock.onPause =
                    () -> {
                        Files.move(file.path, rotated);
                        Files.writeString(file.path, "new\n");
                        other.close();
                    };

            assertThat(
                            file.writer.append(
                                    DayFileFixture.USER_DAY,
                                    file.sighting(),
                                    4,
                                    DayFileFixture.elements("a")))
                    .isEqualTo(new AppendOutcome.Overtaken());
        }

        assertThat(rotated).hasContent("old\n");
        assertThat(file.content()).isEqualTo("new\n");
    }

    private interface Step {
        void run() throws IOException;
    }

    private static final class MovingClock implements MonotonicClock {
        private Step onPause = () -> {};

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void pause(Duration duration) {
            try {
                onPause.run();
                onPause = () -> {};
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
    }

    @Test
    void aFileInTheHandsOfAnotherThreadIsLockedAtOnce() throws IOException {
        DayFileFixture file = new DayFileFixture(logDir);
        assertThat(file.files.enter(DayFileFixture.USER_DAY)).isTrue();

        assertThat(file.outcome(0, "a")).isEqualTo(new AppendOutcome.Locked(Duration.ZERO));
        assertThat(file.disk.effects()).isEmpty();

        file.files.leave(DayFileFixture.USER_DAY);
        assertThat(file.append(0, "a").position()).isEqualTo(2);
    }

    /** Two descriptors of one file, and closing either would end the lock of both. */
    @Test
    void aFileThatAnotherPathLeadsToIsLockedAtOnce() throws IOException {
        DayFileFixture file = new DayFileFixture(logDir);
        file.put("old\n");
        Path alias = Files.createDirectory(logDir.resolve("other")).resolve("link.jsonl");
        Files.createSymbolicLink(alias, file.path);
        Disk.Stat open = new NioDisk().stat(alias).orElseThrow();
        assertThat(file.files.enter(open)).isTrue();

        assertThat(file.outcome(4, "a")).isEqualTo(new AppendOutcome.Locked(Duration.ZERO));
        assertThat(file.content()).isEqualTo("old\n");

        file.files.leave(open);
        assertThat(file.append(4, "a").position()).isEqualTo(6);
    }

    @Test
    void aFileIsInNobodysHandsWhileItsAppendIsOver() throws IOException {
        DayFileFixture file = new DayFileFixture(logDir);
        file.disk.failAt(FaultyDisk.Effect.WRITE, 1);
        assertThatThrownBy(() -> file.append(0, "a")).isInstanceOf(IOException.class);
        file.disk.heal();

        assertThat(file.files.enter(DayFileFixture.USER_DAY)).isTrue();
    }
}
