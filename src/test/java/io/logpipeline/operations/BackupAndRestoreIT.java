package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of Redis and of the log directory, made while events come in, and put back. */
class BackupAndRestoreIT {
    private static final int USERS = 20;
    private static final int ROUNDS = 30;

    @TempDir private Path directory;

    private static PipelineProcess start(Path home, String role, RedisProcess redis) {
        return PipelineProcess.of(home, role)
                .redis(redis.url())
                .with("DRAINER_LEASE_SECONDS", "2")
                // A slow machine is not one of the faults.
                .with("REDIS_TIMEOUT_MS", "20000")
                .startReady();
    }

    /** One event of each user a round. */
    private static void post(HttpProducer http, Numbered numbered, int from, int to)
            throws IOException {
        for (int sequence = from; sequence < to; sequence++) {
            for (int i = 0; i < USERS; i++) {
                String user = numbered.user(i);
                byte[] body = Numbered.line(user, sequence).getBytes(StandardCharsets.UTF_8);
                assertThat(http.post("application/json", body)).isEqualTo(200);
                numbered.acknowledged(user, sequence);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path source : all.toList()) {
                try {
                    Files.copy(
                            source,
                            to.resolve(from.relativize(source)),
                            StandardCopyOption.COPY_ATTRIBUTES);
                } catch (NoSuchFileException gone) {
                    // A file of the pipeline's own that came and went.
                    assertThat(source.getFileName().toString()).startsWith(".log-pipeline");
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** As {@code redis-cli --rdb} does it from afar. */
    private static Path snapshot(RedisProcess redis) {
        redis.with(commands -> commands.bgsave());
        Await.until(
                "the snapshot is written",
                () -> {
                    String state = redis.with(commands -> commands.info("persistence"));
                    assertThat(state).contains("rdb_last_bgsave_status:ok");
                    return state.contains("rdb_bgsave_in_progress:0")
                            && Files.exists(redis.directory().resolve("dump.rdb"));
                });
        return redis.directory().resolve("dump.rdb");
    }

    @Test
    void redisCopiedFirstThenTheDirectoryBringBackAllThatWasAcknowledgedBefore() throws Exception {
        Numbered before = new Numbered("before");
        Numbered during = new Numbered("during");
        Path home = Files.createDirectory(directory.resolve("home"));
        Path restored = Files.createDirectory(directory.resolve("restored"));
        Path rdb = directory.resolve("copy.rdb");
        try (RedisProcess redis = RedisProcess.start("--appendonly", "yes");
                PipelineProcess api = start(home, "api", redis);
                PipelineProcess one = start(home, "drainer", redis);
                PipelineProcess two = start(home, "drainer", redis)) {
            try (HttpProducer http = new HttpProducer(api.port())) {
                post(http, before, 0, ROUNDS);
                Thread others = Thread.ofPlatform().start(() -> postAll(api, during));
                Files.copy(snapshot(redis), rdb);
                copy(home.resolve("logs"), restored.resolve("logs"));
                others.join();
            }
            List.of(api, one, two).forEach(PipelineProcess::kill);
        }

        // What came after the copy began may be in it or not.
        Numbered duringAtMostOnce = new Numbered("during");
        for (int i = 0; i < USERS; i++) {
            for (int sequence = 0; sequence < ROUNDS; sequence++) {
                duringAtMostOnce.unsettled(during.user(i), sequence);
            }
        }
        try (RedisProcess redis = RedisProcess.notStarted()) {
            Files.copy(rdb, redis.directory().resolve("dump.rdb"));
            redis.restart();
            redis.with(commands -> commands.configSet("appendonly", "yes"));
            try (PipelineProcess api = start(restored, "api", redis);
                    PipelineProcess drainer = start(restored, "drainer", redis);
                    HttpProducer http = new HttpProducer(api.port())) {
                post(http, before, ROUNDS, ROUNDS + 1);
                post(http, duringAtMostOnce, ROUNDS, ROUNDS + 1);
                Path logs = restored.resolve("logs");
                Await.untilAsserted(
                        "all of before is there, once",
                        () ->
                                assertThat(before.verify(logs))
                                        .isEqualTo(before.acknowledgedCount()));
                Await.untilAsserted(
                        "what came meanwhile is there at most once, whole",
                        () -> assertThat(duringAtMostOnce.verify(logs)).isPositive());
                assertThat(drainer.metric("log_pipeline_keys_expired_total")).isZero();
            }
        }
    }

    private static void postAll(PipelineProcess api, Numbered numbered) {
        try (HttpProducer http = new HttpProducer(api.port())) {
            post(http, numbered, 0, ROUNDS);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void listsThatWaitedTooLongInTheCopyAreCountedAndNamed() throws Exception {
        Numbered numbered = new Numbered("late");
        Path rdb = directory.resolve("copy.rdb");
        String[] lists =
                IntStream.range(0, USERS)
                        .mapToObj(i -> Numbered.list(numbered.user(i)))
                        .toArray(String[]::new);
        try (RedisProcess redis = RedisProcess.start()) {
            try (PipelineProcess api =
                            PipelineProcess.of(directory, "api")
                                    .redis(redis.url())
                                    .with("REDIS_KEY_EXPIRATION_SECONDS", "4")
                                    .with("REDIS_TIMEOUT_MS", "20000")
                                    .startReady();
                    HttpProducer http = new HttpProducer(api.port())) {
                post(http, numbered, 0, 1);
                Await.until(
                        "each is made known",
                        () -> redis.with(commands -> commands.xlen("logs:pending")) == USERS);
                Files.copy(snapshot(redis), rdb);
                assertThat(redis.<Long>with(commands -> commands.exists(lists))).isEqualTo(USERS);
            }
            Await.until(
                    "nobody keeps them: they expire",
                    () -> redis.<Long>with(commands -> commands.exists(lists)) == 0);
        }
        try (RedisProcess redis = RedisProcess.notStarted()) {
            Files.copy(rdb, redis.directory().resolve("dump.rdb"));
            redis.restart();
            try (PipelineProcess drainer = start(directory, "drainer", redis)) {
                Await.until(
                        "each is counted",
                        () -> drainer.metric("log_pipeline_keys_expired_total") == USERS);
                assertThat(drainer.output()).contains(lists[0]);
            }
        }
    }

    @Test
    void theDirectoryAloneBringsBackWhatWasInItAndNoLineIsGluedToAHalfOne() throws Exception {
        Numbered numbered = new Numbered("alone");
        Path logs = directory.resolve("logs");
        Path copied = directory.resolve("copied");
        String halved = numbered.user(0);
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api = start(directory, "api", redis);
                HttpProducer http = new HttpProducer(api.port())) {
            try (PipelineProcess drainer = start(directory, "drainer", redis)) {
                post(http, numbered, 0, 2);
                awaitSequences(logs, numbered, 0, List.of(0, 1));
                copy(logs, copied);
                post(http, numbered, 2, 3);
                awaitSequences(logs, numbered, 0, List.of(0, 1, 2));
                assertThat(drainer.terminate()).isZero();
            }
            delete(logs);
            copy(copied, logs);
            Path file = Numbered.file(logs, halved);
            String text = Files.readString(file);
            Files.writeString(file, text.substring(0, text.length() - 10));

            try (PipelineProcess drainer = start(directory, "drainer", redis)) {
                post(http, numbered, 3, 4);
                Await.untilAsserted(
                        "what comes next stands on a line of its own",
                        () ->
                                assertThat(Files.readAllLines(file))
                                        .containsExactly(
                                                Numbered.line(halved, 0),
                                                text.lines()
                                                        .toList()
                                                        .get(1)
                                                        .substring(
                                                                0,
                                                                Numbered.line(halved, 1).length()
                                                                        - 9),
                                                Numbered.line(halved, 3)));
                awaitSequences(logs, numbered, 1, List.of(0, 1, 3));
                assertThat(drainer.metric("log_pipeline_recoveries_total")).isPositive();
            }
        }
    }

    private static void awaitSequences(
            Path logs, Numbered numbered, int firstUser, List<Integer> expected) {
        Await.untilAsserted(
                "in the files: " + expected,
                () -> {
                    for (int i = firstUser; i < USERS; i++) {
                        Path file = Numbered.file(logs, numbered.user(i));
                        assertThat(Files.readAllLines(file).stream().map(Numbered::sequenceOf))
                                .containsExactlyElementsOf(expected);
                    }
                });
    }
}
