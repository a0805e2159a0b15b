package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.Sync;
import io.logpipeline.simulation.Coroutine;
import io.logpipeline.simulation.Decisions;
import io.logpipeline.simulation.Scripts;
import io.logpipeline.simulation.SimulatedClock;
import io.logpipeline.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One history: drainers that run the production code, producers, and whatever goes wrong, in the
 * order that the decisions say. At the end all is calm, and the books are checked.
 */
final class SimulatedWorld implements SimulatedDisk.Fate {
    static final Path LOG_DIR = Path.of("/logs");
    static final String STORE = "logs:store";
    private static final int REPLICAS_MIN = 2;
    private static final int PRODUCERS = 2;
    private static final int[] MOVES_OF_OTHERS = {80, 250, 600, 1000};
    private static final int ANSWERED_MAX = 64;
    private static final int LONG_CALLS = 300;
    private static final int ANSWERS_COME = 250;
    private static final Duration CALM_MAX = Duration.ofSeconds(60);

    private final Decisions decisions;
    private final Chances chances;
    private final int answeredMax;
    private final int movesOfOthers;
    private final Sync sync;
    private final SimulatedClock clock = new SimulatedClock(this::leave);
    private final SimulatedDisk disk;
    private final Books books;
    private final Limits limits;
    private final SimulatedServers servers;
    private final Ending ending;
    private final List<UserDay> users = new ArrayList<>();
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final List<SimulatedProducer> producers = new ArrayList<>();
    private final Map<String, byte[]> names = new HashMap<>();
    private final Map<String, Integer> happened = new HashMap<>();
    private final StringBuilder story;

    private SimulatedReplica running;
    private boolean calm;
    private int replicaCount;
    private int movedCount;
    private long calmMillis = Long.MAX_VALUE;

    /**
     * @param told whether a {@link #story} is wanted
     */
    SimulatedWorld(Decisions decisions, Chances chances, Scripts scripts, boolean told) {
        this.decisions = decisions;
        this.chances = chances;
        this.books = new Books(chances.repeats());
        this.story = told ? new StringBuilder() : null;
        var unused = decisions.next();
        Duration clockOffset =
                Duration.ofMillis(700L * decisions.pick(5) * (decisions.pick(2) * 2 - 1));
        this.disk = new SimulatedDisk(clock, clockOffset, this, decisions);
        this.limits = new Limits(disk, SimulatedReplica.LEDGER_LIFE);
        this.answeredMax = decisions.pick(2) == 1 ? 0 : ANSWERED_MAX;
        this.movesOfOthers = MOVES_OF_OTHERS[decisions.pick(MOVES_OF_OTHERS.length)];
        this.sync = decisions.pick(3) == 2 ? Sync.FILESYSTEM : Sync.FILE;
        this.servers = new SimulatedServers(this, clock, scripts, decisions, limits);
        this.ending = new Ending(servers, disk, users);
        users.add(new UserDay("a", 7));
        if (decisions.pick(3) == 2) {
            users.add(new UserDay("b", 7));
        }
        int replicasMax = REPLICAS_MIN + decisions.pick(2);
        for (int i = 0; i < replicasMax; i++) {
            replicas.add(newReplica());
        }
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new SimulatedProducer(this, i, servers.master(), chances.repeats()));
        }
    }

    static String batch(String list) {
        return "{" + list + "}:batch";
    }

    static String ledger(String list) {
        return "{" + list + "}:ledger";
    }

    static Path file(UserDay user) {
        return LOG_DIR.resolve(user.directory()).resolve(user.fileName());
    }

    /** How this history's drainers make files durable. */
    Sync sync() {
        return sync;
    }

    Chances chances() {
        return chances;
    }

    Books books() {
        return books;
    }

    /** How often what went wrong, by its name. */
    Map<String, Integer> happened() {
        return happened;
    }

    void happens(String what) {
        happened.merge(what, 1, Integer::sum);
    }

    /** What happened, a line each. */
    String story() {
        return String.valueOf(story);
    }

    void tell(Supplier<String> what) {
        if (story != null) {
            story.append(clock.millis() % 10_000_000).append(' ').append(what.get()).append('\n');
        }
    }

    /**
     * Lives through the history, lets everything end, and returns what is wrong; empty if nothing.
     *
     * @param stepsMax for decisions that do not say so themselves
     */
    List<String> run(int stepsMax) {
        for (int i = 0; i < stepsMax && decisions.next(); i++) {
            step();
        }
        calmDown();
        replicas.forEach(replica -> replica.check(books));
        servers.expiries().check(servers.everFellBack());
        return books.judge(disk);
    }

    /** Whether a call's sender goes on before it arrives. */
    boolean takesLong() {
        return !calm && decisions.chance(LONG_CALLS);
    }

    boolean mishap(int ofThousand) {
        return !calm && decisions.chance(ofThousand);
    }

    private void step() {
        clock.advance(Duration.ofMillis(1 + decisions.pick(20)));
        servers.step();
        switch (chances.next(decisions)) {
            case RESUME -> resume(replicas.get(decisions.pick(replicas.size())));
            case PUSH -> producers.get(decisions.pick(PRODUCERS)).act(decisions, users);
            case KILL -> kill(replicas.get(decisions.pick(replicas.size())));
            case POWER_LOSS -> losePower();
            case FALL_BACK -> servers.fallBack(false);
            case SPLIT_BRAIN -> servers.fallBack(true);
            case RECONNECT -> servers.reconnect(links().get(decisions.pick(links().size())));
            case START_EMPTY -> servers.startEmpty();
            case MOVE_FILE -> moveFile(users.get(decisions.pick(users.size())));
            case WAIT -> waitLong(decisions.pick(3));
        }
    }

    /** How many streams are set for a process that starts. */
    int newStreams() {
        int max = chances.streamsMax();
        return max == 1 ? 1 : 1 + decisions.pick(max);
    }

    /** The most that any process has now. */
    private int streams() {
        return Stream.concat(
                        replicas.stream().map(replica -> replica.streams),
                        producers.stream().map(SimulatedProducer::streams))
                .max(Integer::compare)
                .orElseThrow();
    }

    private SimulatedReplica newReplica() {
        return new SimulatedReplica(
                this,
                "replica-" + replicaCount++,
                clock,
                disk,
                servers.master(),
                // Of their own: two replicas need not have the same settings.
                4 - decisions.pick(4),
                answeredMax);
    }

    List<UserDay> users() {
        return users;
    }

    SimulatedServers servers() {
        return servers;
    }

    /** Everybody's who talks to Redis. */
    List<SimulatedLink> links() {
        List<SimulatedLink> all = new ArrayList<>();
        replicas.forEach(replica -> all.add(replica.link));
        producers.forEach(producer -> all.add(producer.link));
        return all;
    }

    private void resume(SimulatedReplica replica) {
        long asleepMillis = replica.wakesMillis() - clock.millis();
        if (asleepMillis > 0) {
            clock.advance(Duration.ofMillis(Math.min(asleepMillis, 100)));
        }
        running = replica;
        boolean lives = replica.resume();
        running = null;
        if (!lives) {
            kill(replica);
        }
    }

    private void kill(SimulatedReplica replica) {
        happens("killed");
        tell(() -> replica.name + " is gone");
        disk.processDied(replica);
        replicas.set(replicas.indexOf(replica), newReplica());
    }

    private void losePower() {
        happens("power lost");
        tell(() -> "power fails");
        if (!servers.everFellBack() && disk.isContested()) {
            books.problem("two texts for one place of a file, and Redis never fell back");
        }
        List.copyOf(replicas).forEach(this::kill);
        disk.crash();
        tell(() -> "on the disk: " + files());
    }

    private void moveFile(UserDay user) {
        if (limits.mayMove(user, servers.master(), servers.all().size() > 1)) {
            happens("file moved");
            tell(() -> "the file of " + user.userId() + " is moved away");
            Path file = file(user);
            disk.moveAway(file, file.resolveSibling(file.getFileName() + "." + movedCount++));
            servers.fileMoved(user);
        }
    }

    /** Nobody runs for so long; the kernel writes back meanwhile. */
    private void waitLong(int kind) {
        Duration time =
                switch (kind) {
                    case 0 -> SimulatedReplica.LEASE;
                    case 1 -> SimulatedReplica.LIST_LIFE;
                    default -> SimulatedReplica.LEDGER_LIFE;
                };
        boolean midst = replicas.stream().anyMatch(SimulatedReplica::isInMidstOfTurn);
        if (limits.mayWait(servers.all(), users, time)
                && limits.mayOutliveLedgers(time, chances.repeats(), midst)) {
            happens("waited " + time);
            tell(() -> "nobody runs for " + time);
            clock.advance(time.plusMillis(500));
            if (kind > 0) {
                disk.sync();
            }
        }
    }

    /** Whether any drainer may be about to write what it claimed. */
    boolean anyHasClaim() {
        return replicas.stream().anyMatch(SimulatedReplica::hasClaim);
    }

    void syncContents() {
        disk.syncContents();
    }

    /** Whether by then sweepers have had time to keep lists alive. */
    boolean isTended(long atMillis) {
        return calm && atMillis > calmMillis + 3000;
    }

    /** A random id, by a name that is the same each time. */
    byte[] named(byte[] argument) {
        if (argument.length != 36 || argument[8] != '-' || argument[13] != '-') {
            return argument;
        }
        return names.computeIfAbsent(
                SimulatedLink.text(argument),
                absent -> ("id-" + names.size()).getBytes(StandardCharsets.US_ASCII));
    }

    /** Inside a replica: whoever resumed it goes on. */
    void leave() {
        if (running != null) {
            Coroutine.leave();
        }
    }

    /**
     * Inside a replica, before or after an effect.
     *
     * @param nested whether another thread of the same process may come in between
     */
    void othersMove(boolean nested) {
        if (running == null) {
            return;
        }
        if (calm || decisions.chance(ANSWERS_COME)) {
            running.link.arrive();
        }
        if (calm) {
            return;
        }
        if (decisions.chance(movesOfOthers)) {
            Coroutine.leave();
        }
        if (nested && mishap(12)) {
            SimulatedReplica replica = running;
            replica.otherThread(decisions.pick(replica.loops()));
        }
    }

    @Override
    public void before(Object process, SimulatedDisk.Effect effect, Path path) throws IOException {
        boolean dayFile =
                effect == SimulatedDisk.Effect.SYNC
                        || path.getNameCount() > 1 && !path.getName(1).toString().startsWith(".");
        othersMove(dayFile);
        boolean fails = mishap(dayFile ? chances.diskFault() : chances.diskFault() / 4);
        tell(() ->
                ((SimulatedReplica) process).name
                        + " "
                        + effect
                        + " "
                        + path
                        + (fails ? " FAILS" : ""));
        if (fails) {
            happens("failed " + effect);
            switch (effect) {
                case STAT, OPEN, LOCK, READ ->
                        throw new AccessDeniedException(
                                path.toString(), null, "simulated: permission denied");
                default -> throw new IOException("simulated failure");
            }
        }
    }

    @Override
    public int bytesMoved(int bytes) {
        return calm || bytes == 1 || decisions.pick(4) < 3 ? bytes : 1 + decisions.pick(bytes);
    }

    /** Nothing goes wrong any more, and everybody gets to the end; then one more event for each. */
    private void calmDown() {
        servers.settle();
        calm = true;
        calmMillis = clock.millis();
        tell(() -> "calm");
        if (drains()) {
            users.forEach(user -> producers.getFirst().finish(user));
            if (drains()) {
                ending.check(books);
            }
        }
    }

    private boolean drains() {
        long endMillis = clock.millis() + CALM_MAX.toMillis();
        while (clock.millis() < endMillis) {
            if (ending.isReached(streams())
                    && replicas.stream().noneMatch(SimulatedReplica::isInMidstOfTurn)) {
                return true;
            }
            long next = endMillis;
            for (SimulatedReplica replica : replicas) {
                next = Math.min(next, replica.wakesMillis());
            }
            clock.advance(Duration.ofMillis(Math.max(1, next - clock.millis())));
            for (SimulatedReplica replica : List.copyOf(replicas)) {
                if (replica.wakesMillis() <= clock.millis()) {
                    resume(replica);
                }
            }
        }
        books.problem("it never ends: " + ending.left());
        return false;
    }

    /** For a report. */
    Map<Path, String> files() {
        Map<Path, String> files = new HashMap<>();
        for (Path path : disk.dayFiles()) {
            String content = new String(disk.content(path), StandardCharsets.ISO_8859_1);
            files.put(path, content.replace("\n", "\\n").replace("\0", "\\0"));
        }
        return files;
    }

    /** Of the events that the files must hold. */
    int keptEvents() {
        return books.keptEvents();
    }
}
