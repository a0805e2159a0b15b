package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.Disk;
import io.logpipeline.file.NioDisk;
import io.logpipeline.file.Sync;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingDisk;
import io.logpipeline.testing.ForwardingDisk.Forced;
import io.logpipeline.testing.SharedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A disk that does not come back from a force: what it holds up, and what it must not. */
class SlowDiskTest {
    private static final Duration LEASE = Duration.ofMillis(700);
    private static final Duration LONG_LEASE = Duration.ofSeconds(60);
    private static final int LISTS = 30;
    private static final int WORKERS = 8;
    private static final String HUNG = "logs:user_hung:1";

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    /** What waits for the disk to come back. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    private final CountDownLatch back = new CountDownLatch(1);
    private volatile BiPredicate<Forced, String> hangs = (kind, path) -> false;
    private final Disk disk = ForwardingDisk.forcing(new NioDisk(), this::await);

    private void await(Forced kind, Path path) {
        if (hangs.test(kind, path.toString())) {
            waiting.add(path.toString());
            try {
                back.await();
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }
    }

    /** Closed before a stage, whose end waits for its workers. */
    private interface Hang extends AutoCloseable {
        @Override
        void close();
    }

    private void comeBack() {
        back.countDown();
    }

    private static List<String> lists() {
        return IntStream.range(0, LISTS).mapToObj(i -> "logs:user_" + i + ":1").toList();
    }

    private static void pushToAll(String element) {
        lists().forEach(list -> push(redis, list, element));
    }

    @Test
    void aForceThatDoesNotReturnHoldsUpItsOwnListOnly() throws Exception {
        hangs = (kind, path) -> path.endsWith("user_hung/1.jsonl");
        try (DrainStage stage =
                        new DrainStage(redis.link(), disk, logDir, "one", LONG_LEASE, WORKERS);
                Hang _ = this::comeBack) {
            stage.sweeper.stop();
            push(redis, HUNG, "1");
            Await.until("it is forced", () -> !waiting.isEmpty());
            pushToAll("1");
            Await.until("all others landed", () -> stage.telemetry.drained.containsAll(lists()));
            assertThat(stage.telemetry.drained).doesNotContain(HUNG);

            comeBack();
            stage.awaitQuiet();

            assertThat(stage.lines(HUNG)).containsExactly("1");
            assertSettled(redis, stage, HUNG);
        }
    }

    @Test
    void aReplicaWhoseDiskDoesNotComeBackKeepsNoMoreThanItsWorkersHaveInHand() throws Exception {
        try (DrainStage hung = new DrainStage(redis.link(), disk, logDir, "one", LEASE, WORKERS)) {
            // Else it would come to a stop where it makes them.
            pushToAll("1");
            hung.awaitQuiet();
            hangs = (kind, path) -> path.endsWith(".jsonl");
            pushToAll("2");
            Await.until("its workers are stuck", () -> waiting.size() == WORKERS);
            try (DrainStage other =
                            new DrainStage(
                                    redis.link(), new NioDisk(), logDir, "two", LEASE, WORKERS);
                    Hang _ = this::comeBack) {
                Await.until(
                        "the other one has drained the rest",
                        () -> Set.copyOf(other.telemetry.drained).size() == LISTS - WORKERS);
                assertThat(other.telemetry.drained)
                        .doesNotContainAnyElementsOf(
                                lists().stream().filter(this::isStuck).toList());

                comeBack();
                hung.awaitQuiet();
                other.awaitQuiet();

                for (String list : lists()) {
                    assertThat(other.lines(list)).containsExactly("1", "2");
                    assertSettled(redis, other, list);
                }
            }
        }
    }

    private boolean isStuck(String list) {
        String user = list.substring("logs:".length(), list.lastIndexOf(':'));
        return waiting.stream().anyMatch(path -> path.endsWith("/" + user + "/1.jsonl"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void byFileEachWorkerHasItsFileOpenWhileADirectoryIsForced() throws Exception {
        hangs = (kind, path) -> path.matches(".*/user_\\d+");
        try (DrainStage stage = syncing(Sync.FILE);
                Hang _ = this::comeBack) {
            pushToAll("1");
            Await.until("all workers are stuck", () -> waiting.size() == WORKERS);
            assertThat(openFiles()).isEqualTo(WORKERS);

            comeBack();
            stage.awaitQuiet();
            assertThat(openFiles()).isZero();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void byFilesystemEachWorkerHasItsFileOpenAndAllOfThemOneMore() throws Exception {
        hangs = (kind, path) -> kind == Forced.FILE_SYSTEM;
        try (DrainStage stage = syncing(Sync.FILESYSTEM);
                Hang _ = this::comeBack) {
            pushToAll("1");
            Await.until("all workers are stuck", () -> openFiles() == WORKERS + 1);
            assertThat(stage.telemetry.drained).isEmpty();

            comeBack();
            stage.awaitQuiet();
            assertThat(stage.telemetry.events).hasValue(LISTS);
            assertThat(openFiles()).isEqualTo(1);
        }
    }

    private DrainStage syncing(Sync sync) {
        return DrainStage.syncing(redis.link(), disk, logDir, sync, WORKERS);
    }

    /** Of this process, the log directory and what is below it. */
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
