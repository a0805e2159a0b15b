package io.logpipeline.rollback;

import io.logpipeline.redis.Script;
import io.logpipeline.rollback.Checkpoints.Checkpoint;
import io.logpipeline.rollback.Checkpoints.Moment;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.Numbered.Finding;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One fail-over, from a master to a replica that lags, while a drainer is held in the midst of a
 * list; both masters live for a while, and write to the same files.
 */
final class FailOver implements AutoCloseable {
    /** How far the list in question has come. */
    enum Point {
        BEFORE_PUSH,
        PUSHED,
        CLAIMED,
        WRITTEN,
        BETWEEN_CHUNKS,
        COMMITTED
    }

    /** When the drainer that was held goes on. */
    enum Wakes {
        AT_ONCE,
        /** While another one has claimed the list at the new master, and not committed yet. */
        DURING_ANOTHERS_CLAIM,
        /** When the new master's lists are drained. */
        LATE
    }

    /**
     * What happens.
     *
     * @param cut from here on the replica hears nothing more
     * @param promoted here it becomes the master
     * @param drainerStays with the old master, until that is the new one's replica
     * @param producerStays with the old master likewise; else its clients try again
     */
    record Plan(
            Point cut, Point promoted, boolean drainerStays, boolean producerStays, Wakes wakes) {
        /** The drainer that was held has a claim of the old master in hand. */
        boolean wakesWithAClaim() {
            return promoted == Point.CLAIMED || promoted == Point.WRITTEN;
        }
    }

    private record Request(int user, int first, int last) {}

    private static final int USERS = 3;
    private static final int SUBJECT = 0;
    private static final int CHUNKS = 3;
    private static final int EVENTS = 7;

    private final Plan plan;
    private final Path logDir;
    private final Numbered users = new Numbered("f");
    private final int[] next = new int[USERS];
    private final List<Request> forgotten = new ArrayList<>();
    private final RedisProcess old;
    private final RedisProcess replica;
    private final MovingProxy replication;
    private final MovingProxy drainerWay;
    private final MovingProxy producerWay;

    FailOver(Plan plan, Path logDir) throws IOException {
        this.plan = plan;
        this.logDir = logDir;
        old = RedisProcess.start("--repl-diskless-sync-delay", "0");
        replica = RedisProcess.start("--repl-diskless-sync-delay", "0");
        replication = new MovingProxy(old.port());
        drainerWay = new MovingProxy(old.port());
        producerWay = new MovingProxy(old.port());
    }

    int events() {
        return IntStream.of(next).sum();
    }

    /** Runs it and tells what is wrong in the end. */
    List<Finding> run() throws Exception {
        replica.with(server -> server.replicaof("127.0.0.1", replication.port()));
        try (Producer producer = new Producer(producerWay.url());
                Member drainer = new Member(drainerWay.url(), logDir, "one", 1)) {
            drainer.start();
            for (int user = 0; user < USERS; user++) {
                store(producer, user, 2, true);
            }
            Member.awaitDrained(old, lists());
            advance(producer, drainer);
            replica.with(server -> server.replicaofNoOne());
            try (Producer otherProducer = new Producer(replica.url());
                    Member otherDrainer = new Member(replica.url(), logDir, "two", 2)) {
                Optional<Checkpoint> claimed =
                        plan.wakes() == Wakes.DURING_ANOTHERS_CLAIM
                                ? Optional.of(
                                        otherDrainer.calls.holdAt(
                                                Script.CLAIM, Moment.AFTER, list(SUBJECT)))
                                : Optional.empty();
                otherDrainer.start();
                bothLive(producer, drainer, otherProducer, claimed);
                reunite(producer, drainer, otherProducer);
                Member.awaitDrained(replica, lists());
            }
        }
        return judge();
    }

    private List<String> names() {
        return IntStream.range(0, USERS).mapToObj(users::user).toList();
    }

    private List<String> lists() {
        return names().stream().map(Numbered::list).toList();
    }

    private String list(int user) {
        return Numbered.list(users.user(user));
    }

    /** From point to point, to where the replica is promoted; pushes go on in between. */
    private void advance(Producer producer, Member drainer) {
        Checkpoint held = drainer.calls.holdAt(Script.CLAIM, Moment.BEFORE, list(SUBJECT));
        boolean remembered = true;
        for (Point point : Point.values()) {
            switch (point) {
                case BEFORE_PUSH -> {}
                case PUSHED -> {
                    store(producer, SUBJECT, EVENTS, remembered);
                    held.awaitReached();
                }
                case CLAIMED -> held = step(drainer, held, Script.CLAIM, Moment.AFTER);
                case WRITTEN -> held = step(drainer, held, Script.COMMIT, Moment.BEFORE);
                case BETWEEN_CHUNKS -> held = step(drainer, held, Script.COMMIT, Moment.AFTER);
                case COMMITTED -> {
                    for (int chunk = 2; chunk <= CHUNKS; chunk++) {
                        held = step(drainer, held, Script.COMMIT, Moment.AFTER);
                    }
                }
            }
            if (point == plan.cut()) {
                awaitReplicated(old, replica, "at the cut");
                replication.refuse();
                remembered = false;
            }
            if (point == plan.promoted()) {
                return;
            }
            if (point != Point.BEFORE_PUSH) {
                store(producer, SUBJECT, 1, remembered);
            }
            store(producer, 1, 1, remembered);
        }
    }

    private Checkpoint step(Member drainer, Checkpoint held, Script script, Moment moment) {
        Checkpoint next = drainer.calls.holdAt(script, moment, list(SUBJECT));
        held.release();
        next.awaitReached();
        return next;
    }

    private void bothLive(
            Producer producer, Member drainer, Producer other, Optional<Checkpoint> claimed) {
        if (!plan.drainerStays()) {
            drainerWay.moveTo(replica.port());
            drainer.awaitConnected();
        }
        if (!plan.producerStays()) {
            producerWay.moveTo(replica.port());
            producer.awaitConnected();
            if (!plan.drainerStays()) {
                tryAgain(producer);
            }
        }
        if (plan.wakes() == Wakes.AT_ONCE) {
            drainer.calls.releaseAll();
        }
        for (int user = 0; user < USERS; user++) {
            store(producer, user, 2, !plan.producerStays());
            store(other, user, 2, true);
        }
        claimed.ifPresent(others -> wakeDuring(others, drainer));
        if (plan.wakes() == Wakes.LATE) {
            Member.awaitDrained(replica, lists());
            drainer.calls.releaseAll();
        }
        if (plan.drainerStays()) {
            Member.awaitDrained(old, lists());
        }
        Member.awaitDrained(replica, lists());
    }

    private void wakeDuring(Checkpoint others, Member drainer) {
        others.awaitReached();
        if (plan.wakesWithAClaim()) {
            Checkpoint committed = drainer.calls.holdAt(Script.COMMIT, Moment.AFTER, list(SUBJECT));
            drainer.calls.releaseHeld();
            committed.awaitReached();
        }
        drainer.calls.releaseAll();
        others.release();
    }

    /**
     * As clients do whose answer was lost with the old master. Not while a drainer still works
     * there: RepeatedTriesIT shows why.
     */
    private void tryAgain(Producer producer) {
        for (Request request : forgotten) {
            String user = users.user(request.user());
            producer.store(user, request.first(), request.last());
            for (int sequence = request.first(); sequence <= request.last(); sequence++) {
                users.acknowledged(user, sequence);
            }
        }
    }

    /** The old master becomes the new one's replica, and everybody comes to the new one. */
    private void reunite(Producer producer, Member drainer, Producer other) {
        old.with(server -> server.replicaof("127.0.0.1", replica.port()));
        drainerWay.moveTo(replica.port());
        producerWay.moveTo(replica.port());
        producer.awaitConnected();
        drainer.awaitConnected();
        awaitReplicated(replica, old, "at the end");
        for (int user = 0; user < USERS; user++) {
            store(producer, user, 1, true);
            store(other, user, 1, true);
        }
    }

    /**
     * @param remembered the new master knows of it
     */
    private void store(Producer producer, int user, int events, boolean remembered) {
        Request request = new Request(user, next[user], next[user] + events - 1);
        next[user] += events;
        String name = users.user(user);
        producer.store(name, request.first(), request.last());
        if (!remembered) {
            forgotten.add(request);
        }
        for (int sequence = request.first(); sequence <= request.last(); sequence++) {
            if (remembered) {
                users.acknowledged(name, sequence);
            } else {
                users.unsettled(name, sequence);
            }
        }
    }

    /** What a master got before this mark, the other one has as well. */
    static void awaitReplicated(RedisProcess master, RedisProcess follower, String mark) {
        master.with(server -> server.set("mark", mark));
        Await.until(
                "the replica has all, " + mark,
                () -> mark.equals(follower.with(server -> server.get("mark"))));
    }

    private List<Finding> judge() throws IOException {
        List<Finding> findings = new ArrayList<>();
        users.judge(logDir, findings);
        Ledgers.judge(key -> replica, logDir, names(), findings);
        return findings;
    }

    @Override
    public void close() throws IOException {
        producerWay.close();
        drainerWay.close();
        replication.close();
        replica.close();
        old.close();
    }
}
