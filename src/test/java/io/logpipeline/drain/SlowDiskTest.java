package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.NioDisk;
import io.logpipeline.file.Sync;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
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

    private final HungDisk disk = new HungDisk();

    /** Forces wait until it comes back. */
    private static final class HungDisk extends ForwardingDisk {
        static final String ALL = "*";

        /** What waits, by its name. */
        final Set<String> waiting = ConcurrentHashMap.newKeySet();

        private final CountDownLatch back = new CountDownLatch(1);
        private volatile Predicate<String> hangs = forced -> false;

        HungDisk() {
            super(new NioDisk());
        }

        /**
         * @param forced whose forces do not return: the path of a file or directory, {@link #ALL}
         *     of the file system
         */
        void hangAt(Predicate<String> forced) {
            hangs = forced;
        }

        void comeBack() {
            back.countDown();
        }

        private void at(String path) {
            if (hangs.test(path)) {
                waiting.add(path);
                try {
                    back.await();
                } catch (InterruptedException stopped) {
                    throw new IllegalStateException(stopped);
                }
            }
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            at(directory.toString());
            super.forceDirectory(directory);
        }

        @Override
        public OpenFile open(Path path) throws IOException {
            return new ForwardingFile(super.open(path)) {
                @Override
                public void force() throws IOException {
                    at(path.toString());
                    super.force();
                }
            };
        }

        @Override
        public FileSystem openFileSystem(Path directory) throws IOException {
            FileSystem fileSystem = super.openFileSystem(directory);
            return new FileSystem() {
                @Override
                public boolean holds(Path path) throws IOException {
                    return fileSystem.holds(path);
                }

                @Override
                public void sync() throws IOException {
                    at(ALL);
                    fileSystem.sync();
                }

                @Override
                public void close() throws IOException {
                    fileSystem.close();
                }
            };
        }
    }

    @AfterEach
    void comeBack() {
        disk.comeBack();
    }

    private static List<String> lists() {
        return IntStream.range(0, LISTS).mapToObj(i -> "logs:user_" + i + ":1").toList();
    }

    private static void pushToAll(String element) {
        lists().forEach(list -> push(redis, list, element));
    }

    @Test
    void aForceThatDoesNotReturnHoldsUpItsOwnListOnly() throws Exception {
        disk.hangAt(forced -> forced.endsWith("user_hung/1.jsonl"));
        try (DrainStage stage =
                new DrainStage(redis.link(), disk, logDir, "one", LONG_LEASE, WORKERS)) {
            stage.sweeper.stop();
            push(redis, HUNG, "1");
            Await.until("it is forced", () -> !disk.waiting.isEmpty());
            pushToAll("1");
            Await.until("all others landed", () -> stage.telemetry.drained.containsAll(lists()));
            assertThat(stage.telemetry.drained).doesNotContain(HUNG);

            disk.comeBack();
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
            disk.hangAt(forced -> forced.endsWith(".jsonl"));
            pushToAll("2");
            Await.until("its workers are stuck", () -> disk.waiting.size() == WORKERS);
            try (DrainStage other =
                    new DrainStage(redis.link(), new NioDisk(), logDir, "two", LEASE, WORKERS)) {
                Await.until(
                        "the other one has drained the rest",
                        () -> Set.copyOf(other.telemetry.drained).size() == LISTS - WORKERS);
                assertThat(other.telemetry.drained)
                        .doesNotContainAnyElementsOf(
                                lists().stream().filter(this::isStuck).toList());

                disk.comeBack();
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
        return disk.waiting.stream().anyMatch(path -> path.endsWith("/" + user + "/1.jsonl"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void byFileEachWorkerHasItsFileOpenWhileADirectoryIsForced() throws Exception {
        disk.hangAt(forced -> forced.matches(".*/user_\\d+"));
        try (DrainStage stage = syncing(Sync.FILE)) {
            pushToAll("1");
            Await.until("all workers are stuck", () -> disk.waiting.size() == WORKERS);
            assertThat(openFiles()).isEqualTo(WORKERS);

            disk.comeBack();
            stage.awaitQuiet();
            assertThat(openFiles()).isZero();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void byFilesystemEachWorkerHasItsFileOpenAndAllOfThemOneMore() throws Exception {
        disk.hangAt(HungDisk.ALL::equals);
        try (DrainStage stage = syncing(Sync.FILESYSTEM)) {
            pushToAll("1");
            Await.until("all workers are stuck", () -> openFiles() == WORKERS + 1);
            assertThat(stage.telemetry.drained).isEmpty();

            disk.comeBack();
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
