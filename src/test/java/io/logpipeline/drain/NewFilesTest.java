package io.logpipeline.drain;

import static io.logpipeline.drain.DrainedLists.assertSettled;
import static io.logpipeline.drain.DrainedLists.push;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.file.DayFiles;
import io.logpipeline.file.DirectoryErrors;
import io.logpipeline.file.Disk;
import io.logpipeline.file.NioDisk;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisKeys;
import io.logpipeline.redis.Script;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ForwardingDisk;
import io.logpipeline.testing.SharedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.data.Index;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files that are made before the first claims of their lists. */
class NewFilesTest {
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final int LISTS = 10;

    @RegisterExtension private static final SharedRedis redis = new SharedRedis();

    @TempDir private Path logDir;

    /**
     * Without a sweep, whose entries would take claims of their own, and a worker for each list, so
     * that none waits for so long that it is looked at again.
     */
    private DrainStage start(RedisCalls calls) throws InterruptedException {
        DrainStage stage = new DrainStage(calls, logDir, "replica", LEASE, LISTS);
        stage.sweeper.stop();
        stage.awaitAdmission();
        return stage;
    }

    private static List<String> pushAll() {
        List<String> lists = new ArrayList<>();
        for (int i = 0; i < LISTS; i++) {
            lists.add("logs:user_" + i + ":1");
            push(redis, lists.getLast(), "1", "2");
        }
        return lists;
    }

    private static void assertDrained(DrainStage stage, List<String> lists) throws Exception {
        Await.until("all are drained", () -> stage.telemetry.drained.size() == lists.size());
        stage.awaitQuiet();
        for (String list : lists) {
            assertThat(stage.lines(list)).containsExactly("1", "2");
            assertSettled(redis, stage, list);
        }
    }

    @Test
    void aNewFileTakesOneClaimInPlaceOfTwo() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        try (DrainStage stage = start(calls)) {
            assertDrained(stage, pushAll());
            assertThat(calls.bytesAskedFor()).hasSize(LISTS);
            assertThat(stage.telemetry.failures).isEmpty();
        }
    }

    @Test
    void whereRedisDoesNotSayTheClaimFindsOut() throws Exception {
        FaultyCalls calls = new FaultyCalls(redis.link());
        calls.loseCalls(Script.WAITING, Integer.MAX_VALUE);
        try (DrainStage stage = start(calls)) {
            assertDrained(stage, pushAll());
            assertThat(calls.bytesAskedFor()).hasSize(2 * LISTS);
            assertThat(stage.telemetry.failures).isEmpty();
        }
    }

    /** That of a day that was moved away does not come back empty. */
    @Test
    void aListThatIsGoneGetsNoFile() throws Exception {
        try (DrainStage stage = start(redis.link())) {
            List<String> lists = pushAll();
            assertDrained(stage, lists);
            for (String list : lists) {
                Files.delete(stage.path(list));
                redis.server().xadd(RedisKeys.PENDING, Map.of("key", list, "noticed_us", "1"));
            }
            redis.server().set("logs:user_text:1", "no list");
            redis.server()
                    .xadd(RedisKeys.PENDING, Map.of("key", "logs:user_text:1", "noticed_us", "1"));
            push(redis, "logs:user_last:1", "1");
            Await.until("the last is drained", () -> !stage.lines("logs:user_last:1").isEmpty());
            stage.awaitQuiet();

            for (String list : lists) {
                assertThat(stage.path(list)).doesNotExist();
            }
            assertThat(stage.path("logs:user_text:1")).doesNotExist();
        }
    }

    @Test
    void aDiskThatTakesNoFileIsToldOfWithTheListOutOfReachOfItsExpiry() throws Exception {
        try (DrainStage stage = start(redis.link())) {
            Files.createFile(logDir.resolve("user_a"));
            push(redis, "logs:user_a:1", "1");
            Await.until(
                    "it is told again",
                    () -> stage.telemetry.failures("logs:user_a:1").size() >= 2);

            assertThat(redis.server().ttl("{logs:user_a:1}:batch")).isEqualTo(-1);
            Files.delete(logDir.resolve("user_a"));
            Await.until("it landed", () -> !stage.telemetry.drained.isEmpty());
            assertThat(stage.lines("logs:user_a:1")).containsExactly("1");
        }
    }

    @Test
    void theNamesOfWhatComesTogetherAreForcedTogetherAndBeforeTheEvents() throws Exception {
        List<String> effects = Collections.synchronizedList(new ArrayList<>());
        Disk disk = new NotedDisk(effects, logDir);
        try (DrainStage stage =
                new DrainStage(redis.link(), disk, logDir, "replica", LEASE, LISTS)) {
            stage.sweeper.stop();
            stage.awaitAdmission();
            List<String> lists = new ArrayList<>();
            for (int i = 0; i < LISTS; i++) {
                lists.add("logs:user_" + i + ":1");
                redis.server().rpush(lists.getLast(), "1", "2");
            }
            effects.clear();
            stage.pending.add(lists, 1);

            assertDrained(stage, lists);

            assertThat(effects)
                    .startsWith(Collections.nCopies(LISTS, "create").toArray(String[]::new))
                    .contains("names", Index.atIndex(LISTS))
                    .containsOnlyOnce("names")
                    .hasSize(LISTS + 1 + LISTS);
        }
    }

    /** As if its number and its time were the same, as they may be. */
    @Test
    void theNamesOfAFileThatWasRemovedAndMadeAgainAreForcedAgain() throws Exception {
        List<String> effects = Collections.synchronizedList(new ArrayList<>());
        Map<Path, Instant> firstSeen = new ConcurrentHashMap<>();
        Disk disk =
                ForwardingDisk.telling(
                        new NotedDisk(effects, logDir),
                        (path, now) ->
                                new Disk.Stat(
                                        now.sizeBytes(),
                                        path.toString().endsWith(".jsonl")
                                                ? firstSeen.computeIfAbsent(
                                                        path, first -> now.modified())
                                                : now.modified(),
                                        path));
        FaultyCalls calls = new FaultyCalls(redis.link());
        try (DrainStage stage = new DrainStage(calls, disk, logDir, "replica", LEASE, LISTS)) {
            stage.sweeper.stop();
            stage.awaitAdmission();
            Path file = logDir.resolve("user_a/1.jsonl");
            effects.clear();
            calls.before(
                    Script.CLAIM,
                    () -> {
                        try {
                            Files.delete(file);
                            Files.delete(file.getParent());
                        } catch (IOException failure) {
                            throw new UncheckedIOException(failure);
                        }
                    },
                    1);
            push(redis, "logs:user_a:1", "1", "2");

            assertDrained(stage, List.of("logs:user_a:1"));

            assertThat(effects).containsExactly("create", "names", "create", "name", "names");
        }
    }

    /** Notes what is made, and when the names of users' directories, and of files, are forced. */
    private static class NotedDisk extends ForwardingDisk {
        private final List<String> effects;
        private final Path logDir;

        NotedDisk(List<String> effects, Path logDir) {
            super(new NioDisk());
            this.effects = effects;
            this.logDir = logDir;
        }

        @Override
        public boolean create(Path path) throws IOException {
            effects.add("create");
            return super.create(path);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            effects.add(directory.equals(logDir) ? "names" : "name");
            super.forceDirectory(directory);
        }
    }

    private static final Claims.Admission ADMITTED = new Claims.Admission("store", "volume");

    private NewFiles newFiles(
            Disk disk,
            Supplier<Claims.@Nullable Admission> admission,
            RecordedTelemetry telemetry) {
        redis.server().set("logs:store", ADMITTED.storeId());
        redis.server().set("logs:volume", ADMITTED.volumeId());
        Claims claims = new Claims(redis.link(), LEASE, LEASE, 1, 1, 1);
        MonotonicClock clock = MonotonicClock.system();
        DayFiles files = new DayFiles(disk, logDir, LEASE, clock, (path, cause) -> null);
        return new NewFiles(claims, admission, files, telemetry, clock);
    }

    private static Map<String, Disk.Stat> make(NewFiles newFiles, String... lists)
            throws InterruptedException {
        List<PendingEntry> entries =
                Stream.of(lists).map(list -> new PendingEntry(0, "1-1", list, 1, false)).toList();
        return newFiles.make(entries, () -> {});
    }

    @Test
    void aDiskThatFailsOnceIsToldOf() throws Exception {
        RecordedTelemetry telemetry = new RecordedTelemetry();
        NewFiles newFiles = newFiles(new NioDisk(), () -> ADMITTED, telemetry);
        Path toNowhere = Files.createDirectory(logDir.resolve("user_a")).resolve("1.jsonl");
        Files.createSymbolicLink(toNowhere, logDir.resolve("nowhere"));
        redis.server().rpush("logs:user_a:1", "1");
        assertThat(make(newFiles, "logs:user_a:1")).isEmpty();
        assertThat(telemetry.failures("logs:user_a:1")).hasSize(1);

        Path toItself = Files.createDirectory(logDir.resolve("user_b")).resolve("1.jsonl");
        Files.createSymbolicLink(toItself, toItself);
        assertThat(make(newFiles, "logs:user_b:1")).isEmpty();
        assertThat(telemetry.failures("logs:user_b:1")).hasSize(1);
    }

    @Test
    void namesThatCouldNotBeForcedAreToldOfAndLeftToTheAppend() throws Exception {
        RecordedTelemetry telemetry = new RecordedTelemetry();
        Disk disk =
                new ForwardingDisk(new NioDisk()) {
                    @Override
                    public void forceDirectory(Path directory) throws IOException {
                        throw DirectoryErrors.notOpened(
                                new AccessDeniedException(directory.toString()));
                    }
                };
        redis.server().rpush("logs:user_a:1", "1");

        assertThat(make(newFiles(disk, () -> ADMITTED, telemetry), "logs:user_a:1")).isEmpty();

        assertThat(telemetry.failures("logs:user_a:1"))
                .singleElement()
                .matches(failure -> failure.reason() == DrainFailure.PERMISSION);
        assertThat(logDir.resolve("user_a/1.jsonl")).isEmptyFile();
    }

    @Test
    void aReplicaThatIsNotAdmittedMakesNothing() throws Exception {
        redis.server().rpush("logs:user_a:1", "1");
        assertMakesNothing(() -> null);
        assertMakesNothing(() -> new Claims.Admission("another", ADMITTED.volumeId()));
        assertMakesNothing(() -> new Claims.Admission(ADMITTED.storeId(), "another"));
    }

    @Test
    void aReplicaThatIsAdmittedToAnotherStoreMeanwhileMakesNothing() throws Exception {
        redis.server().rpush("logs:user_a:1", "1");
        AtomicInteger asked = new AtomicInteger();
        assertMakesNothing(() ->
                asked.getAndIncrement() == 0 ? ADMITTED : new Claims.Admission("b", "volume"));
        assertThat(asked).hasValue(2);
    }

    private void assertMakesNothing(Supplier<Claims.@Nullable Admission> admission)
            throws Exception {
        NewFiles newFiles = newFiles(new NioDisk(), admission, new RecordedTelemetry());
        assertThat(make(newFiles, "logs:user_a:1")).isEmpty();
        assertThat(logDir).isEmptyDirectory();
    }

    @Test
    void onlyListsThatWaitAndHaveNoFileGetOne() throws Exception {
        NewFiles newFiles = newFiles(new NioDisk(), () -> ADMITTED, new RecordedTelemetry());
        redis.server().rpush("logs:user_list:1", "1");
        redis.server().rpush("{logs:user_batch:1}:batch", "1");
        redis.server().rpush("logs:user_file:1", "1");
        redis.server().rpush("logs:user_:x", "1");
        redis.server().set("logs:user_text:1", "no list");
        assertThat(make(newFiles, "logs:user_file:1")).containsOnlyKeys("logs:user_file:1");

        assertThat(make(newFiles)).isEmpty();
        assertThat(
                        make(
                                newFiles,
                                "logs:user_gone:1",
                                "logs:user_list:1",
                                "logs:user_text:1",
                                "logs:user_batch:1",
                                "logs:user_:x",
                                "logs:user_file:1"))
                .containsOnlyKeys("logs:user_list:1", "logs:user_batch:1")
                .containsEntry(
                        "logs:user_list:1",
                        new NioDisk().stat(logDir.resolve("user_list/1.jsonl")).orElseThrow());
        assertThat(logDir.resolve("user_file/1.jsonl")).isEmptyFile();
        assertThat(logDir.resolve("user_gone")).doesNotExist();
    }
}
