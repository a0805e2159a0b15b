package io.logpipeline.crash;

import io.logpipeline.faults.Conduct;
import io.logpipeline.faults.Fault;
import io.logpipeline.faults.Point;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One Redis, one log directory, a process to strike and one to recover; points are played on it one
 * after the other, each with a user of its own. While the one works towards its fault the other
 * rests, so that whose the step is is no matter of luck.
 */
final class Lane implements AutoCloseable {
    private static final int STATUS_FORCE_FAILED = 3;
    private static final int LAST_WORDS_CHARS = 2000;

    private record Judged(Path file, List<String> events) {}

    private final Installation installation;
    private final Path home;
    private final Setup setup;
    private final RedisProcess redis;
    private final DroppingProxy proxy;
    private final Replica recovery;
    private final Set<String> steps = new TreeSet<>();
    private final List<Judged> judged = new ArrayList<>();
    private Replica faulty;
    private boolean faultyIsUnused;
    private int users;

    private Lane(Installation installation, Path home, Setup setup) throws IOException {
        this.installation = installation;
        this.home = Files.createDirectories(home);
        this.setup = setup;
        this.redis = RedisProcess.start();
        this.proxy = new DroppingProxy(redis.port());
        this.recovery = start(redis.url());
        startFaulty();
    }

    static Lane open(Installation installation, Path home, Setup setup) throws IOException {
        Lane lane = new Lane(installation, home, setup);
        try {
            // A reply that a script is not known is none of its replies.
            for (Script script : Script.values()) {
                lane.redis.with(commands -> commands.scriptLoad(script.source()));
            }
            lane.recovery.order("work");
            lane.recovery.await("ready", lane.recovery::isReady);
            lane.recovery.order("rest");
            return lane;
        } catch (AssertionError | RuntimeException failed) {
            lane.close();
            throw failed;
        }
    }

    private Replica start(String url) {
        return Replica.start(installation.process(home), home, url, setup);
    }

    /** Every step that a process of this lane came to. */
    Set<String> steps() {
        return steps;
    }

    Verdict play(Point written, Variation variation) throws IOException {
        String user = String.format("p%04d", ++users);
        List<String> events = variation.events(user);
        Point point = variation.vary(written, events.size());
        Scenario scenario = Scenario.of(point.scenario());
        Row row = Matrix.rowOf(written);
        if (scenario.syncsTogether() && !faultyIsUnused) {
            faulty.askToEnd();
            expectExit(0);
        }
        Stage stage = stage(user, events);
        if (scenario.appends() && !faulty.isReady()) {
            // Its first admission, and one after a fault, forces the log directory too, as only an
            // append does else.
            faulty.order("work");
            faulty.await("it is admitted", faulty::isReady);
            faulty.order("rest");
        }
        Verdict before = scenario == Scenario.HOME ? lookAgain() : new Verdict(0, 0, 0, List.of());
        scenario.prepare(stage);
        List<Stage> stages = new ArrayList<>(List.of(stage));
        if (variation.hasCompanion()) {
            Stage companion =
                    stage("q" + user.substring(1), variation.events("q" + user.substring(1)));
            Scenario.FRESH.prepare(companion);
            stages.add(companion);
        }
        double locksMet = recovery.fileLocksMet();
        Optional<String> reason = row.countedAs(point.fault());
        double failures = reason.map(faulty::drainFailures).orElse(0.0);
        int order = arm(point, user, variation);
        stage.struckWhen(() -> isStruck(point, stage.faulty, order));
        if (scenario.drains()) {
            faulty.letWork(stage::isStruck);
        }
        scenario.act(stage);
        faulty.await("struck", stage::isStruck);
        stage.unlockFile();
        recovery.order("work");
        aftermath(point, row, order, stages, locksMet);
        recovery.await("drained", () -> areDrained(stages));
        if (reason.map(faulty::drainFailures).orElse(1.0) == failures) {
            throw new AssertionError("not counted as " + reason.orElseThrow());
        }
        settle(point, scenario, row);
        Verdict verdict = before;
        for (Stage each : stages) {
            verdict = verdict.and(Oracle.judge(each));
            judged.add(new Judged(each.file(), each.events));
        }
        recovery.order("rest");
        return verdict;
    }

    private Stage stage(String user, List<String> events) {
        return new Stage(
                faulty,
                recovery,
                proxy,
                redis,
                home.resolve("logs"),
                user,
                events,
                setup.chunkEvents());
    }

    private static boolean areDrained(List<Stage> stages) {
        return stages.stream().allMatch(Stage::isDrained);
    }

    private int arm(Point point, String user, Variation variation) {
        if (point.fault() == Fault.DROP) {
            proxy.arm(
                    new DroppingProxy.Cut(
                            point.moment(),
                            DroppingProxy.commands(point.step(), user),
                            DroppingProxy.replies(point.step()),
                            point.occurrence()));
        }
        faultyIsUnused = false;
        String prelude =
                Scenario.of(point.scenario()).prelude(point.step()).map(Point::toString).orElse("");
        long delayMs = variation.delay().toMillis();
        return faulty.order("arm " + point + " " + user + " " + delayMs + " " + prelude);
    }

    private boolean isStruck(Point point, Replica replica, int order) {
        return point.fault() == Fault.DROP ? proxy.struck() : replica.struck(order);
    }

    private void aftermath(Point point, Row row, int order, List<Stage> stages, double locksMet)
            throws IOException {
        switch (point.fault()) {
            case KILL -> expectExit(Conduct.STATUS_KILLED);
            case STOP -> {
                Replica stopped = faulty;
                stopped.await("stopped", stopped::isStopped);
                long pid = stopped.process().pid();
                recovery.await(
                        "the other one drained, or met a lock that the stopped one holds",
                        () -> {
                            for (Stage each : stages) {
                                if (!each.isEmptied() && !heldUp(each, pid, locksMet)) {
                                    return false;
                                }
                            }
                            return true;
                        });
                stopped.process().signal("CONT");
                stopped.await("it goes on", () -> stopped.passed(order));
            }
            case DELAY -> faulty.await("it goes on", () -> faulty.passed(order));
            case ENOSPC, EIO, EACCES, SHORT, TORN, DROP -> {
                if (row.failsStop(point.fault())) {
                    expectExit(STATUS_FORCE_FAILED);
                }
            }
        }
    }

    /**
     * What a stopped process may hold up: a day file whose lock it holds, and whatever needs a new
     * store or volume noted while it holds the dot file's.
     */
    private boolean heldUp(Stage stage, long stopped, double locksMet) throws IOException {
        boolean fileMet = recovery.fileLocksMet() > locksMet;
        return (fileMet && FileLocks.holds(stopped, stage.file()))
                || (!recovery.isReady()
                        && FileLocks.holds(stopped, stage.logs.resolve(".log-pipeline.lock")));
    }

    /** Waits until the struck process is done with it, or ended as it has to. */
    private void settle(Point point, Scenario scenario, Row row) throws IOException {
        boolean ended = point.fault() == Fault.KILL || row.failsStop(point.fault());
        if (!ended && scenario == Scenario.ENDED) {
            expectExit(0);
        } else if (!ended) {
            faulty.await("nothing is in hand", faulty::hasNothingInHand);
            faulty.order("rest");
            proxy.disarm();
        }
        recovery.await("nothing is in hand", recovery::hasNothingInHand);
    }

    /** The next one starts at once, while the other recovers. */
    private void expectExit(int status) throws IOException {
        int found = faulty.awaitExit();
        if (found != status) {
            throw new AssertionError(
                    "status " + found + ", not " + status + ":\n" + faulty.process().output());
        }
        proxy.disarm();
        steps.addAll(faulty.steps());
        startFaulty();
    }

    private void startFaulty() {
        faulty = start(proxy.url());
        faultyIsUnused = true;
    }

    /** Nothing that came after may have changed what was right before. */
    private Verdict lookAgain() throws IOException {
        Verdict verdict = new Verdict(0, 0, 0, List.of());
        for (Judged each : judged) {
            verdict = verdict.and(Oracle.file(each.file(), each.events()));
        }
        judged.clear();
        return verdict;
    }

    /** Ends both processes, as they should, and looks at all once more. */
    Verdict end() throws IOException {
        List<String> problems = new ArrayList<>();
        double expired = recovery.process().metric("log_pipeline_keys_expired_total");
        if (expired > 0) {
            problems.add(expired + " lists are said to have expired");
        }
        // One that has just been started may not yet know what to do about a signal.
        for (Replica each : faultyIsUnused ? List.of(recovery) : List.of(faulty, recovery)) {
            steps.addAll(each.steps());
            each.askToEnd();
            int status = each.awaitExit();
            if (status != 0) {
                problems.add("status " + status + " after SIGTERM:\n" + each.process().output());
            }
        }
        for (String key : redis.with(commands -> commands.keys("*"))) {
            boolean stays = Set.of("logs:store", "logs:pending").contains(key);
            if (!stays && redis.with(commands -> commands.ttl(key)) == -1) {
                problems.add("left in Redis for ever: " + key);
            }
        }
        return lookAgain().and(new Verdict(0, 0, 0, problems));
    }

    /** What its processes wrote last, for a point that went wrong. */
    String lastWords() {
        StringBuilder words = new StringBuilder();
        for (Replica each : List.of(faulty, recovery)) {
            String output = each.process().output();
            words.append(each == faulty ? "\nstruck:\n" : "\nrecovering:\n")
                    .append(output.substring(Math.max(0, output.length() - LAST_WORDS_CHARS)));
        }
        return words.toString();
    }

    @Override
    public void close() throws IOException {
        faulty.close();
        recovery.close();
        proxy.close();
        redis.close();
    }
}
