package io.logpipeline.rollback;

import io.logpipeline.redis.Script;
import io.logpipeline.rollback.Checkpoints.Checkpoint;
import io.logpipeline.rollback.Checkpoints.Moment;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A life of the pipeline with all that happens to its lists, and what it left: every command that
 * its Redis wrote down, and its files as they were at several moments.
 */
final class RecordedLife {
    static final int USERS = 6;

    /** The user whose events a producer that knows nothing of us pushed first of all. */
    static final int FOREIGN = 0;

    /** The user whose pushes all have an idempotency key. */
    static final int KEYED = 3;

    /** The user whose drainer died while it wrote, and another one went on. */
    static final int TORN = 4;

    /** The user whose drainer died while it wrote, at the end. */
    static final int TORN_AT_THE_END = 5;

    /** A request that was made with an idempotency key. */
    record Keyed(int first, int last) {}

    final Numbered users = new Numbered("u");
    final List<Photograph> photographs = new ArrayList<>();
    final List<Keyed> keyed = new ArrayList<>();
    private final Path directory;
    private final Path logDir;
    private final RedisProcess redis;
    private final int[] next = new int[USERS];
    private final List<Integer> torn = new ArrayList<>();
    private AppendOnlyFile commands;

    private RecordedLife(Path directory, RedisProcess redis) {
        this.directory = directory;
        this.logDir = directory.resolve("logs");
        this.redis = redis;
    }

    static RecordedLife record(Path directory) throws Exception {
        try (RedisProcess redis = RedisProcess.start(AppendOnlyFile.options())) {
            RecordedLife life = new RecordedLife(directory, redis);
            life.live();
            life.commands = AppendOnlyFile.of(redis);
            return life;
        }
    }

    AppendOnlyFile commands() {
        return commands;
    }

    String list(int user) {
        return Numbered.list(users.user(user));
    }

    /** The number of the next event of a user after this life. */
    int next(int user) {
        return next[user];
    }

    private void live() throws Exception {
        pushAsAForeigner();
        pushAsAForeigner();
        try (Producer producer = new Producer(redis.url())) {
            push(producer, 1, 1);
            push(producer, 1, 2);
            push(producer, 2, 7);
            pushWithKey(producer, 2);
            pushWithKey(producer, 1);
            try (Member drainer = member("first")) {
                drainsWhilePushesGoOn(producer, drainer);
                Member.awaitDrained(redis, lists());
                photograph("all drained");
                for (int user = 0; user < USERS; user++) {
                    pushOf(producer, user, 2);
                }
                Member.awaitDrained(redis, lists());
            }
            diesWhileItWrites(producer, TORN);
            photograph("a drainer died while it wrote");
            try (Member drainer = member("second")) {
                drainer.start();
                Member.awaitDrained(redis, lists());
                torn.clear();
                photograph("another one went on");
                pushWithKey(producer, 4);
                push(producer, 2, 4);
                diesBeforeItsCommit(producer, drainer);
            }
            push(producer, 1, 3);
            diesWhileItWrites(producer, TORN_AT_THE_END);
            push(producer, 1, 2);
        }
        photograph("the end");
    }

    private Member member(String name) {
        return new Member(redis.url(), logDir, name, 1);
    }

    List<String> names() {
        return IntStream.range(0, USERS).mapToObj(users::user).toList();
    }

    List<String> lists() {
        return names().stream().map(Numbered::list).toList();
    }

    private void pushAsAForeigner() {
        String user = users.user(FOREIGN);
        int sequence = next[FOREIGN]++;
        redis.with(server -> server.rpush(list(FOREIGN), Numbered.line(user, sequence)));
    }

    private void push(Producer producer, int user, int events) throws InterruptedException {
        producer.storeWithoutKey(users.user(user), next[user], next[user] + events - 1);
        next[user] += events;
    }

    private void pushWithKey(Producer producer, int events) {
        Keyed request = new Keyed(next[KEYED], next[KEYED] + events - 1);
        keyed.add(request);
        producer.store(users.user(KEYED), request.first(), request.last());
        // The client did not hear of it.
        producer.store(users.user(KEYED), request.first(), request.last());
        next[KEYED] += events;
    }

    private void pushOf(Producer producer, int user, int events) throws InterruptedException {
        switch (user) {
            case FOREIGN -> pushAsAForeigner();
            case KEYED -> pushWithKey(producer, events);
            default -> push(producer, user, events);
        }
    }

    /** A batch of three chunks; pushes between its claim and its commits; the files at each. */
    private void drainsWhilePushesGoOn(Producer producer, Member drainer) throws Exception {
        Checkpoint claimed = drainer.calls.holdAt(Script.CLAIM, Moment.AFTER, list(2));
        drainer.start();
        claimed.awaitReached();
        push(producer, 2, 2);
        push(producer, TORN, 3);
        for (int chunk = 1; chunk <= 3; chunk++) {
            Checkpoint written = drainer.calls.holdAt(Script.COMMIT, Moment.BEFORE, list(2));
            claimed.release();
            written.awaitReached();
            photograph("chunk " + chunk + " written");
            push(producer, 1, 1);
            claimed = drainer.calls.holdAt(Script.COMMIT, Moment.AFTER, list(2));
            written.release();
            claimed.awaitReached();
            photograph("chunk " + chunk + " committed");
        }
        claimed.release();
    }

    /** It claimed, and its write was cut short in the second line. */
    private void diesWhileItWrites(Producer producer, int user) throws Exception {
        int first = next[user];
        push(producer, user, 5);
        try (Member drainer = member("dying")) {
            Checkpoint claimed = drainer.calls.holdAt(Script.CLAIM, Moment.AFTER, list(user));
            drainer.start();
            claimed.awaitReached();
            push(producer, user, 1);
            drainer.calls.cutOff();
        }
        String lines =
                Numbered.line(users.user(user), first)
                        + "\n"
                        + Numbered.line(users.user(user), first + 1);
        Files.writeString(
                Numbered.file(logDir, users.user(user)),
                lines.substring(0, lines.length() - 20),
                StandardOpenOption.APPEND);
        torn.add(user);
    }

    /** All lines are in the file, and Redis does not hear of it. */
    private void diesBeforeItsCommit(Producer producer, Member drainer) throws Exception {
        Checkpoint written = drainer.calls.holdAt(Script.COMMIT, Moment.BEFORE, list(TORN));
        push(producer, TORN, 2);
        written.awaitReached();
        photograph("written by one that dies");
        drainer.calls.cutOff();
    }

    private void photograph(String name) throws IOException {
        // First the length: files are never older than what is known of Redis.
        int redisBytes = AppendOnlyFile.bytes(redis);
        Path copy = directory.resolve("moment-" + photographs.size());
        photographs.add(Photograph.take(name, redisBytes, logDir, copy, torn));
    }
}
