package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Reply;
import io.logpipeline.redis.Script;
import io.logpipeline.simulation.Coroutine;
import io.logpipeline.simulation.SimulatedClock;
import io.logpipeline.simulation.SimulatedDisk;
import io.logpipeline.simulation.SimulatedRedis;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Watchdog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One history: drainers that run the production code, producers, and whatever goes wrong, in the
 * order that a seed decides. At the end the files are judged.
 */
final class SimulatedWorld {
    /** What may happen in a history beside pushes and drains; how often, of a thousand steps. */
    record Chances(
            int processCrash,
            int machineCrash,
            int rollback,
            int splitBrain,
            int movedFile,
            int diskFault,
            int lostReply,
            int longPause) {
        static final Chances ALL = new Chances(25, 4, 6, 4, 4, 12, 15, 10);

        /** A machine that crashes, and nothing else of Redis: what was forced is what there is. */
        static final Chances DISK = new Chances(20, 15, 0, 0, 4, 25, 10, 10);

        static final Chances REDIS = new Chances(25, 0, 15, 10, 0, 0, 25, 10);
    }

    private static final Path LOG_DIR = Path.of("/logs");
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration LEDGER_LIFE = Duration.ofMinutes(10);
    private static final long TIMESTAMP_SECONDS = 86_400L * 7;
    private static final int STORY_CHARACTERS_MAX = 20_000;
    private static final int SNAPSHOTS_MAX = 24;

    private final Random random;
    private final Chances chances;
    private final int steps;
    private final List<String> users;
    private final int chunkElements;
    private final SimulatedClock clock = new SimulatedClock(this::leave);
    private final SimulatedDisk disk = new SimulatedDisk(clock, this::beforeDiskEffect);
    private final SimulatedRedis.Scripts scripts;
    private final StringBuilder story = new StringBuilder();

    private SimulatedRedis master;
    private final List<SimulatedRedis.Snapshot> snapshots = new ArrayList<>();
    private final List<Set<String>> acknowledgedAtSnapshot = new ArrayList<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> pushedEver = new HashSet<>();
    private final List<Replica> replicas = new ArrayList<>();
    private Replica running;
    private boolean calm;
    private int eventCount;
    private int replicaCount;
    private int movedCount;

    SimulatedWorld(long seed, Chances chances, int steps, SimulatedRedis.Scripts scripts) {
        this.random = new Random(seed);
        this.chances = chances;
        this.steps = steps;
        this.scripts = scripts;
        this.users = random.nextInt(4) == 0 ? List.of("a", "b") : List.of("a");
        this.chunkElements = 1 + random.nextInt(4);
        this.master = new SimulatedRedis(clock, scripts);
    }

    /** What happened, a line each. */
    String story() {
        return story.toString();
    }

    /**
     * Lives through the history, lets everything end, and returns what is wrong; empty if nothing.
     */
    List<String> run() {
        int drainers = 2 + random.nextInt(2);
        for (int i = 0; i < drainers; i++) {
            replicas.add(new Replica(master));
        }
        for (int i = 0; i < steps; i++) {
            step();
        }
        calmDown();
        return judge();
    }

    private boolean chance(int ofThousand) {
        return !calm && random.nextInt(1000) < ofThousand;
    }

    private void step() {
        clock.advance(Duration.ofMillis(1 + random.nextInt(20)));
        if (chance(120)) {
            push();
        } else if (chance(chances.processCrash)) {
            crash(replicas.get(random.nextInt(replicas.size())));
        } else if (chance(chances.machineCrash)) {
            crashMachine();
        } else if (chance(chances.rollback)) {
            rollBack(false);
        } else if (chance(chances.splitBrain)) {
            rollBack(true);
        } else if (chance(chances.movedFile)) {
            moveFile();
        } else if (chance(chances.longPause)) {
            clock.advance(LEASE.plusSeconds(1));
        } else {
            resume(replicas.get(random.nextInt(replicas.size())));
        }
    }

    private void tell(String what) {
        if (calm && story.length() > STORY_CHARACTERS_MAX) {
            return;
        }
        story.append(what).append('\n');
    }

    private void push() {
        String user = users.get(random.nextInt(users.size()));
        String event = "{\"user\":\"" + user + "\",\"n\":" + eventCount++ + "}";
        String key = UserDay.of(user, TIMESTAMP_SECONDS).key();
        master.run(
                Script.PUSH,
                List.of(key, "logs:store"),
                List.of(
                        bytes("100000000"),
                        bytes("store-" + eventCount),
                        event.getBytes(StandardCharsets.UTF_8)));
        acknowledged.add(event);
        pushedEver.add(event);
        tell("push " + event);
        remember();
    }

    /** A moment that Redis may fall back to. */
    private void remember() {
        if (snapshots.size() == SNAPSHOTS_MAX) {
            int oldest = random.nextInt(SNAPSHOTS_MAX);
            snapshots.remove(oldest);
            acknowledgedAtSnapshot.remove(oldest);
        }
        snapshots.add(master.snapshot());
        acknowledgedAtSnapshot.add(new HashSet<>(acknowledged));
    }

    /**
     * Redis forgets its latest writes. In a split brain the old master goes on for those that talk
     * to it, and what it acknowledges is lost in the end.
     */
    private void rollBack(boolean splitBrain) {
        if (snapshots.isEmpty()) {
            return;
        }
        int to = random.nextInt(snapshots.size());
        SimulatedRedis.Snapshot snapshot = snapshots.get(to);
        acknowledged.retainAll(acknowledgedAtSnapshot.get(to));
        if (splitBrain) {
            SimulatedRedis promoted = new SimulatedRedis(clock, scripts);
            promoted.restore(snapshot);
            master = promoted;
        } else {
            master.restore(snapshot);
        }
        snapshots.subList(to + 1, snapshots.size()).clear();
        acknowledgedAtSnapshot.subList(to + 1, acknowledgedAtSnapshot.size()).clear();
        tell((splitBrain ? "split brain, " : "") + "Redis falls back to moment " + to);
    }

    private void crash(Replica replica) {
        tell("kill " + replica.name);
        disk.processDied(replica);
        replicas.remove(replica);
        replicas.add(new Replica(master));
    }

    private void crashMachine() {
        tell("power fails");
        for (Replica replica : List.copyOf(replicas)) {
            crash(replica);
        }
        disk.crash(random);
    }

    /**
     * Only while nobody has the list in hand, and while Redis holds nothing that is in the file
     * already: what was applied to a file that is gone can't be found. The README says so.
     */
    private void moveFile() {
        String user = users.get(random.nextInt(users.size()));
        UserDay userDay = UserDay.of(user, TIMESTAMP_SECONDS);
        Path path = LOG_DIR.resolve(userDay.directory()).resolve(userDay.fileName());
        String batch = "{" + userDay.key() + "}:batch";
        boolean inHand =
                !master.list(batch).isEmpty()
                        || replicas.stream().anyMatch(each -> userDay.key().equals(each.list));
        String content = new String(disk.content(path), StandardCharsets.UTF_8);
        boolean fellBack = master.list(userDay.key()).stream().anyMatch(content::contains);
        if (disk.dayFiles().contains(path) && !inHand && !fellBack) {
            disk.moveAway(path, path.resolveSibling(path.getFileName() + "." + movedCount++));
            snapshots.clear();
            acknowledgedAtSnapshot.clear();
            tell("the file of " + user + " is moved away");
        }
    }

    private void resume(Replica replica) {
        running = replica;
        replica.coroutine.resume();
        running = null;
        if (replica.coroutine.isDone()) {
            crash(replica);
        }
    }

    /** Inside a replica: others may move. */
    private void leave() {
        if (running != null && !running.atomic) {
            Coroutine.leave();
        }
    }

    private int beforeDiskEffect(Object owner, String effect, Path path, int bytes)
            throws IOException {
        Replica replica = (Replica) owner;
        if (replica.atomic || path.getFileName().toString().startsWith(".log-pipeline")) {
            return -1;
        }
        leave();
        boolean fails = chance(chances.diskFault);
        tell(replica.name + " " + effect + " " + path + (fails ? " FAILS" : ""));
        if (!fails) {
            return -1;
        }
        return switch (effect) {
            case "write" -> random.nextInt(bytes + 1);
            case "stat", "open", "lock", "read" -> throw new AccessDeniedException("simulated");
            default -> throw new IOException("simulated failure");
        };
    }

    /** Nothing goes wrong any more, and everybody gets to the end. */
    private void calmDown() {
        calm = true;
        tell("calm");
        for (int round = 0; round < 3_000; round++) {
            if (users.stream().allMatch(this::isDrained)
                    && replicas.stream().allMatch(each -> each.list == null)) {
                return;
            }
            clock.advance(Duration.ofMillis(500));
            for (Replica replica : List.copyOf(replicas)) {
                if (replica.redis != master && replica.list == null) {
                    crash(replica);
                } else {
                    resume(replica);
                }
            }
        }
        tell("never ends");
    }

    private boolean isDrained(String user) {
        String key = UserDay.of(user, TIMESTAMP_SECONDS).key();
        return master.list(key).isEmpty() && master.list("{" + key + "}:batch").isEmpty();
    }

    private List<String> judge() {
        List<String> problems = new ArrayList<>();
        Map<String, Integer> found = new LinkedHashMap<>();
        for (Path path : disk.dayFiles()) {
            String content = new String(disk.content(path), StandardCharsets.UTF_8);
            if (!content.isEmpty() && !content.endsWith("\n")) {
                problems.add(path + " ends within a line");
            }
            int lastSurvivor = -1;
            for (String line : content.lines().toList()) {
                found.merge(line, 1, Integer::sum);
                if (!pushedEver.contains(line)) {
                    problems.add(path + " holds a torn line: " + line.replace("\0", "\\0"));
                } else if (acknowledged.contains(line)) {
                    int number = Integer.parseInt(line.replaceAll(".*:|}", ""));
                    if (number < lastSurvivor) {
                        problems.add(path + ": " + line + " stands too late");
                    }
                    lastSurvivor = number;
                }
            }
        }
        found.forEach((line, count) -> {
            if (count > 1) {
                problems.add(line + " stands " + count + " times");
            }
        });
        for (String event : acknowledged) {
            if (!found.containsKey(event)) {
                problems.add(event + " is lost");
            }
        }
        for (String user : users) {
            if (!isDrained(user)) {
                problems.add("the list of " + user + " is never drained");
            }
        }
        return problems;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A drainer process with one worker. */
    private final class Replica {
        private final String name = "replica-" + replicaCount++;
        private final SimulatedRedis redis;
        private final KeyDrain keyDrain;
        private final VolumeKeeper keeper;
        private final Coroutine coroutine = new Coroutine(this::work);
        private boolean atomic;
        private String list;

        Replica(SimulatedRedis redis) {
            this.redis = redis;
            RedisCalls calls = new Calls(this);
            DayFiles files =
                    new DayFiles(
                            disk.of(this),
                            LOG_DIR,
                            Duration.ofSeconds(1),
                            clock,
                            (path, cause) -> new ProcessEnd());
            LogVolume volume = new LogVolume(files, LEDGER_LIFE, clock);
            PendingStream pending = new PendingStream(calls, name);
            Watchdog watchdog = new Watchdog(clock::nanoTime);
            keeper =
                    new VolumeKeeper(
                            volume,
                            new Leases(calls),
                            new PipelineState("drainer", "simulated"),
                            watchdog,
                            LEASE);
            Claims claims = new Claims(calls, LEASE, LEDGER_LIFE, chunkElements, 10_000);
            keyDrain =
                    new KeyDrain(
                            new Drainer.Parts(
                                    claims,
                                    pending,
                                    keeper,
                                    volume,
                                    files,
                                    new SilentTelemetry(),
                                    clock,
                                    (userDay, elements) -> {}),
                            watchdog.loop(name),
                            name,
                            () -> false);
        }

        /** Takes any list at any time: a stream that says all it can say, and more. */
        private void work() {
            try {
                while (true) {
                    leave();
                    if (keeper.admission() == null) {
                        atomic = true;
                        keeper.admit();
                        atomic = false;
                    }
                    String user = users.get(calm ? 0 : random.nextInt(users.size()));
                    if (calm && isDrained(user)) {
                        user = users.getLast();
                    }
                    list = UserDay.of(user, TIMESTAMP_SECONDS).key();
                    PendingEntry entry =
                            new PendingEntry(
                                    "1-" + random.nextInt(3), list, 0, random.nextBoolean());
                    keyDrain.drain(entry);
                    list = null;
                }
            } catch (ProcessEnd end) {
                tell(name + " stops: a force failed");
            } catch (RedisFailure | InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    /** A process that ends itself. */
    private static final class ProcessEnd extends Error {
        private static final long serialVersionUID = 1L;

        ProcessEnd() {
            super(null, null, false, false);
        }
    }

    /** A replica's connection: calls and replies may be lost. */
    private final class Calls implements RedisCalls {
        private final Replica replica;

        Calls(Replica replica) {
            this.replica = replica;
        }

        @Override
        public CompletionStage<Reply> run(
                Script script, List<String> keys, List<byte[]> arguments) {
            return switch (script) {
                case NOTIFY, RENEW, ACKNOWLEDGE ->
                        CompletableFuture.completedStage(new Reply(List.of(bytes("OK"))));
                case LEASE, STORE -> answer(script, keys, arguments);
                default -> lossy(script, keys, arguments);
            };
        }

        private CompletionStage<Reply> lossy(
                Script script, List<String> keys, List<byte[]> arguments) {
            leave();
            if (!replica.atomic && chance(chances.lostReply)) {
                tell(replica.name + " " + script + " never arrives");
                return lost();
            }
            CompletionStage<Reply> answer = answer(script, keys, arguments);
            if (replica.atomic) {
                return answer;
            }
            answer.thenAccept(reply -> tell(replica.name + " " + script + " " + shown(reply)));
            if (replica.redis == master && (script == Script.CLAIM || script == Script.COMMIT)) {
                remember();
            }
            leave();
            if (chance(chances.lostReply)) {
                tell(replica.name + " " + script + " loses its reply");
                return lost();
            }
            return answer;
        }

        private CompletionStage<Reply> answer(
                Script script, List<String> keys, List<byte[]> arguments) {
            return CompletableFuture.completedStage(
                    new Reply(replica.redis.run(script, keys, arguments)));
        }

        private static CompletionStage<Reply> lost() {
            return CompletableFuture.failedStage(
                    new RedisFailure(RedisFailure.Kind.UNAVAILABLE, "simulated"));
        }

        private static String shown(Reply reply) {
            StringBuilder text = new StringBuilder();
            for (Object value : reply.values()) {
                text.append(value instanceof byte[] bytes ? new String(bytes) : value).append(' ');
            }
            return text.toString();
        }

        @Override
        public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<String> info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(1);
        }
    }

    /** For a failure's report. */
    Map<String, String> files() {
        Map<String, String> files = new HashMap<>();
        for (Path path : disk.dayFiles()) {
            files.put(path.toString(), new String(disk.content(path), StandardCharsets.UTF_8));
        }
        return files;
    }
}
