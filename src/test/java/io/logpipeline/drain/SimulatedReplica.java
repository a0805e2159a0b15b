package io.logpipeline.drain;

import io.logpipeline.file.DayFiles;
import io.logpipeline.file.LogVolume;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Script;
import io.logpipeline.redis.StreamSet;
import io.logpipeline.simulation.Coroutine;
import io.logpipeline.simulation.SimulatedClock;
import io.logpipeline.simulation.SimulatedDisk;
import io.logpipeline.simulation.SimulatedRedis;
import io.logpipeline.telemetry.DrainFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.LockKind;
import io.logpipeline.telemetry.PipelineState;
import io.logpipeline.telemetry.Recovery;
import io.logpipeline.telemetry.Watchdog;
import java.time.Duration;
import java.util.Set;

/**
 * A drainer process: the production drainer with two workers, volume keeper, sweeper and the
 * watch's look for streams, wired as the pipeline wires them. Its loops take turns; a turn of
 * another loop may come in the midst of a worker's, and other processes' at each effect.
 */
final class SimulatedReplica {
    static final Duration INTERVAL = Duration.ofMillis(50);
    static final Duration LEASE = Duration.ofSeconds(2);
    static final Duration LEDGER_LIFE = Duration.ofSeconds(120);
    static final Duration LIST_LIFE = Duration.ofSeconds(10);
    private static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);
    private static final int WORKERS = 2;
    private static final Duration LOOK_PERIOD = Duration.ofMillis(500);
    private static final int BUFFER_BYTES = 48;
    private static final Set<String> CLAIMED = Set.of("CLAIMED", "TO_READ", "TO_WEIGH");

    final String name;
    final SimulatedLink link;

    /** How many it has by its setting. */
    final int streams;

    private final SimulatedWorld world;
    private final SimulatedClock clock;
    private final VolumeKeeper keeper;
    private final Sweeper sweeper;
    private final Drainer drainer;
    private final PendingStreams pending;
    private final Coroutine coroutine = new Coroutine(this::work);
    private final Told told = new Told();
    private final long[] dueMillis;
    private long eventsSettled;
    private int claimsInHand;
    private boolean inMidstOfTurn;
    private boolean ended;
    private int turn;
    private boolean nested;

    SimulatedReplica(
            SimulatedWorld world,
            String name,
            SimulatedClock clock,
            SimulatedDisk disk,
            SimulatedRedis server,
            int chunkElements,
            int answeredMax) {
        this.world = world;
        this.name = name;
        this.clock = clock;
        // A watch only where there are streams to look for: it does nothing else of interest.
        this.dueMillis = new long[2 + WORKERS + (world.chances().streamsMax() > 1 ? 1 : 0)];
        this.link = new SimulatedLink(world, name, server, new Notes());
        DayFiles files =
                new DayFiles(
                        disk.of(this),
                        SimulatedWorld.LOG_DIR,
                        Duration.ofSeconds(1),
                        clock,
                        (path, cause) -> end(),
                        world.sync(),
                        BUFFER_BYTES);
        LogVolume volume = new LogVolume(files, LEDGER_LIFE);
        streams = world.newStreams();
        StreamSet set = new StreamSet(streams, world.chances().streamsMax());
        pending = new PendingStreams(link, name, set);
        Leases leases = new Leases(link);
        Watchdog watchdog = new Watchdog(clock::nanoTime);
        keeper =
                new VolumeKeeper(
                        volume,
                        leases,
                        new PipelineState("drainer", "simulated"),
                        watchdog,
                        clock,
                        LEASE);
        sweeper =
                new Sweeper(
                        new ListScan(link, "logs:user_*:*", LIST_LIFE),
                        pending,
                        leases,
                        told,
                        watchdog,
                        clock,
                        name,
                        SWEEP_PERIOD);
        drainer =
                new Drainer(
                        new Drainer.Parts(
                                new Claims(
                                        link,
                                        LEASE,
                                        LEDGER_LIFE,
                                        chunkElements,
                                        200,
                                        1000,
                                        answeredMax),
                                pending,
                                keeper,
                                volume,
                                files,
                                new MemoryBudget(1 << 20),
                                told,
                                clock,
                                (userDay, elements) -> {}),
                        watchdog,
                        INTERVAL,
                        LEASE,
                        name,
                        WORKERS);
    }

    private void work() {
        try {
            while (true) {
                world.leave();
                turn = nextTurn();
                inMidstOfTurn = true;
                take(turn);
                inMidstOfTurn = false;
                claimsInHand = 0;
            }
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** The process ends itself: all of its threads, wherever they are. */
    private Error end() {
        world.happens("ended itself");
        world.tell(() -> name + " ends: a force failed");
        ended = true;
        world.leave();
        return new AssertionError("it goes on after its end");
    }

    private int nextTurn() {
        int next = 0;
        for (int i = 1; i < dueMillis.length; i++) {
            next = dueMillis[i] < dueMillis[next] ? i : next;
        }
        return next;
    }

    private void take(int loop) throws InterruptedException {
        Duration wait =
                switch (loop) {
                    case 0 -> keeper.turn();
                    case 1 -> sweeper.turn();
                    default -> loop < 2 + WORKERS ? drainer.turn(loop - 2) : lookForStreams();
                };
        dueMillis[loop] = clock.millis() + wait.toMillis();
    }

    private Duration lookForStreams() throws InterruptedException {
        try {
            pending.look();
        } catch (RedisFailure later) {
            // The next time.
        }
        return LOOK_PERIOD;
    }

    int loops() {
        return dueMillis.length;
    }

    /** What another thread of this process does in the midst of a worker's turn. */
    void otherThread(int other) {
        if (nested || other == turn) {
            return;
        }
        nested = true;
        try {
            take(other);
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        } finally {
            nested = false;
        }
    }

    /** When it has something to do next, unless it is in the midst of it. */
    long wakesMillis() {
        return inMidstOfTurn ? clock.millis() : dueMillis[nextTurn()];
    }

    boolean isInMidstOfTurn() {
        return inMidstOfTurn || link.isUnderWay();
    }

    /** Whether it may be about to write what it claimed. */
    boolean hasClaim() {
        return claimsInHand > 0;
    }

    /** False when the process has ended. */
    boolean resume() {
        coroutine.resume();
        return !ended;
    }

    private final class Notes implements SimulatedLink.Listener {
        /** What is committed is written: nothing more of it will be. */
        @Override
        public void sent(Script script) {
            if (script == Script.COMMIT) {
                claimsInHand = Math.max(0, claimsInHand - 1);
            }
        }

        @Override
        public void answered(SimulatedLink.Answered answer) {
            switch (answer.script()) {
                case CLAIM -> claimsInHand += CLAIMED.contains(answer.word()) ? 1 : 0;
                case RELEASE -> claimsInHand = Math.max(0, claimsInHand - 1);
                case COMMIT -> {
                    claimsInHand += CLAIMED.contains(answer.word()) ? 1 : 0;
                    if (!answer.word().equals("STALE")) {
                        eventsSettled +=
                                Long.parseLong(SimulatedLink.text(answer.arguments().get(4)));
                    }
                }
                default -> {}
            }
        }
    }

    /** What the process told agrees with what Redis told it. */
    void check(Books books) {
        if (!isInMidstOfTurn() && told.events != eventsSettled) {
            books.problem(name + " tells of " + told.events + " events, not " + eventsSettled);
        }
    }

    private final class Told implements DrainTelemetry {
        private long events;

        @Override
        public void eventsCommitted(int committed, long bytes) {
            events += committed;
        }

        @Override
        public void keyDrained(String key, int count, long bytes, Duration claimToCommit) {}

        @Override
        public void synced(Duration duration) {}

        @Override
        public void drainFailed(DrainFailure reason, String key, String details) {
            // An exception of the code itself is told by its bare name.
            if (reason == DrainFailure.IO && details.indexOf(' ') < 0) {
                world.books().problem(name + " fails unexpectedly: " + details);
            }
        }

        @Override
        public void recovered(Recovery kind, String key, String details) {
            world.happens(kind.toString());
        }

        @Override
        public void keyExpired(String key) {
            world.happens("expired");
            world.tell(() -> name + " tells that " + key + " expired");
            world.servers().expiries().told(key);
        }

        @Override
        public void keysSwept(int keys) {
            world.happens("swept");
        }

        @Override
        public void keyUnrecognized(String key) {}

        @Override
        public void unrecognizedKeys(int keys) {}

        @Override
        public void lockBusy(LockKind lock) {
            world.happens("busy " + lock);
        }
    }
}
