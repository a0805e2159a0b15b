package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.Disk;
import io.logpipeline.file.NioDisk;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingDisk;
import io.logpipeline.testing.SharedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes long, or does not come back: what it holds up, and what it must not. */
class SlowDiskTest {
    private static final Duration LEASE = Duration.ofMillis(700);
    private static final Duration LONG_LEASE = Duration.ofSeconds(60);
    private static final int LISTS = 30;
    private static final int WORKERS = 2;

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    /** Something happens before each force, of a file or of a directory. */
    private static final class ForcedAfter extends ForwardingDisk {
        private final Consumer<Path> before;

        ForcedAfter(Consumer<Path> before) {
            super(new NioDisk());
            this.before = before;
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            before.accept(directory);
            super.forceDirectory(directory);
        }

        @Override
        public OpenFile open(Path path) throws IOException {
            return new ForwardingFile(super.open(path)) {
                @Override
                public void force() throws IOException {
                    before.accept(path);
                    super.force();
                }
            };
        }
    }

    /** Holds whoever comes, until it is opened. */
    private static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        void pass() {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }

        void awaitReached() throws InterruptedException {
            assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
        }

        void open() {
            open.countDown();
        }
    }

    private static List<String> lists() {
        return IntStream.range(0, LISTS).mapToObj(i -> "logs:user_" + i + ":1").toList();
    }

    private DrainStage stage(Disk disk, String replica, Duration lease, int workers) {
        return new DrainStage(redis.link(), disk, logDir, replica, lease, workers);
    }

    @Test
    void aForceThatDoesNotReturnHoldsUpItsOwnListOnly() throws Exception {
        String hung = "logs:user_hung:1";
        Gate gate = new Gate();
        Disk disk =
                new ForcedAfter(path -> {
                    if (path.endsWith("user_hung/1.jsonl")) {
                        gate.pass();
                    }
                });
        try (DrainStage stage = stage(disk, "one", LONG_LEASE, WORKERS)) {
            stage.sweeper.stop();
            push(redis, hung, "1");
            gate.awaitReached();
            for (String list : lists()) {
                push(redis, list, "of " + list);
            }
            Await.until("all others landed", () -> stage.telemetry.drained.containsAll(lists()));
            assertThat(stage.telemetry.drained).doesNotContain(hung);

            gate.open();
            stage.awaitQuiet();

            assertThat(stage.lines(hung)).containsExactly("1");
            assertSettled(redis, stage, hung);
        } finally {
            gate.open();
        }
    }

    @Test
    void aReplicaWhoseDiskDoesNotComeBackKeepsNoMoreThanItsWorkersHaveInHand() throws Exception {
        Gate gate = new Gate();
        AtomicBoolean comesBack = new AtomicBoolean(true);
        Disk disk =
                new ForcedAfter(path -> {
                    if (!comesBack.get()) {
                        gate.pass();
                    }
                });
        try (DrainStage hung = stage(disk, "one", LEASE, WORKERS)) {
            hung.awaitAdmission();
            comesBack.set(false);
            for (String list : lists()) {
                push(redis, list, "of " + list);
            }
            gate.awaitReached();
            try (DrainStage other = stage(new NioDisk(), "two", LEASE, WORKERS)) {
                Await.until(
                        "the other one drains the rest",
                        () -> other.telemetry.drained.size() >= LISTS - WORKERS);
                assertThat(hung.telemetry.drained).isEmpty();

                gate.open();
                hung.awaitQuiet();
                other.awaitQuiet();

                for (String list : lists()) {
                    assertThat(other.lines(list)).containsExactly("of " + list);
                    assertSettled(redis, other, list);
                }
            }
        } finally {
            gate.open();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void atMostTwoFilesAreOpenForEachWorkerAndOneForTheReplica() throws Exception {
        int workers = 8;
        AtomicInteger most = new AtomicInteger();
        Disk disk =
                new ForcedAfter(path -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                    most.accumulateAndGet(openFiles(), Math::max);
                });
        try (DrainStage stage = stage(disk, "one", LONG_LEASE, workers)) {
            for (int round = 0; round < 3; round++) {
                for (String list : lists()) {
                    push(redis, list, "of " + list);
                }
                stage.awaitQuiet();
            }
            assertThat(stage.telemetry.events).hasValue(3 * LISTS);
            assertThat(most.get()).isBetween(2, 2 * workers + 1);
        }
        assertThat(openFiles()).isZero();
    }

    /** Of this process, below the log directory, directories too. */
    private int openFiles() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return (int) descriptors.filter(this::isBelowLogDir).count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean isBelowLogDir(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(logDir);
        } catch (NoSuchFileException closed) {
            return false;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
