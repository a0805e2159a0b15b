package io.logpipeline.soak;

import io.lettuce.core.KillArgs;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Something fails every few seconds, several parts at once too. What and how long follows from the
 * seed; every kind comes before one comes again.
 */
final class Chaos implements AutoCloseable {
    /** What can happen to one part. */
    enum Fault {
        KILL_DRAINER,
        KILL_API,
        STOP_DRAINER,
        STOP_API,
        ROLL_DRAINER,
        ROLL_API,
        KILL_REDIS,
        RESTART_REDIS,
        CUT_CONNECTIONS,
        PAUSE_REDIS
    }

    private static final int PERIOD_MS_MIN = 2_000;
    private static final int PERIOD_MS_MAX = 5_000;
    private static final int STOP_MS_MAX = 6_000;
    private static final int REDIS_AWAY_MS_MAX = 1_500;
    private static final int REDIS_PAUSE_MS_MAX = 3_000;
    private static final int REDIS = Fleet.PLACES;
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Fleet fleet;
    private final RedisProcess redis;
    private final Random random;
    private final List<Fault> deck = new ArrayList<>();
    private final List<Semaphore> free = new ArrayList<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ExecutorService acts = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread loop;
    private volatile boolean ended;

    Chaos(Fleet fleet, RedisProcess redis, long seed) {
        this.fleet = fleet;
        this.redis = redis;
        this.random = new Random(seed);
        for (int place = 0; place <= REDIS; place++) {
            free.add(new Semaphore(1));
        }
        this.loop = Thread.ofPlatform().name("chaos").start(this::loop);
    }

    private void loop() {
        while (!ended) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms(PERIOD_MS_MIN, PERIOD_MS_MAX)));
            if (deck.isEmpty()) {
                Collections.addAll(deck, Fault.values());
                Collections.shuffle(deck, random);
            }
            Fault fault = deck.removeLast();
            int place = place(fault);
            int millis = millis(fault);
            if (!ended && free.get(place).tryAcquire()) {
                counts.merge(fault, 1, Integer::sum);
                acts.execute(() -> act(fault, place, millis));
            }
        }
    }

    private int place(Fault fault) {
        return switch (fault) {
            case KILL_API, STOP_API, ROLL_API -> random.nextInt(Fleet.APIS);
            case KILL_DRAINER, STOP_DRAINER, ROLL_DRAINER ->
                    Fleet.APIS + random.nextInt(Fleet.DRAINERS);
            case KILL_REDIS, RESTART_REDIS, CUT_CONNECTIONS, PAUSE_REDIS -> REDIS;
        };
    }

    private int millis(Fault fault) {
        return switch (fault) {
            // Longer than the lease: others go on with what it had in hand.
            case STOP_DRAINER -> Fleet.LEASE_SECONDS * 1_000 + ms(PERIOD_MS_MIN, STOP_MS_MAX);
            case STOP_API -> ms(PERIOD_MS_MIN, STOP_MS_MAX);
            case KILL_REDIS, RESTART_REDIS -> ms(1, REDIS_AWAY_MS_MAX);
            case PAUSE_REDIS -> ms(1, REDIS_PAUSE_MS_MAX);
            case KILL_DRAINER, KILL_API, ROLL_DRAINER, ROLL_API, CUT_CONNECTIONS -> 0;
        };
    }

    private int ms(int from, int to) {
        return random.nextInt(from, to + 1);
    }

    private void act(Fault fault, int place, int millis) {
        long start = System.nanoTime();
        try {
            switch (fault) {
                case KILL_DRAINER, KILL_API -> fleet.kill(place);
                case ROLL_DRAINER, ROLL_API -> fleet.roll(place);
                case STOP_DRAINER, STOP_API -> stop(fleet.process(place), millis);
                case KILL_REDIS -> {
                    redis.kill();
                    TimeUnit.MILLISECONDS.sleep(millis);
                    redis.restart();
                }
                case RESTART_REDIS -> {
                    redis.stop();
                    TimeUnit.MILLISECONDS.sleep(millis);
                    redis.restart();
                }
                case CUT_CONNECTIONS ->
                        redis.with(commands ->
                                commands.clientKill(KillArgs.Builder.typeNormal().skipme()));
                case PAUSE_REDIS -> {
                    redis.with(commands -> commands.clientPause(millis));
                    TimeUnit.MILLISECONDS.sleep(millis);
                }
            }
        } catch (Exception | AssertionError failure) {
            failures.add(new AssertionError(fault + " at " + place, failure));
        } finally {
            calm(System.nanoTime() - start);
            free.get(place).release();
        }
    }

    /**
     * A part is well for as long as it was not: else a slow machine would do nothing but recover.
     */
    private void calm(long nanos) {
        long end = System.nanoTime() + nanos;
        while (!ended && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private static void stop(PipelineProcess process, int millis) throws InterruptedException {
        process.signal("STOP");
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } finally {
            process.signal("CONT");
        }
    }

    /** How often each happened; complete once closed. */
    Map<Fault, Integer> counts() {
        return counts;
    }

    /** Ends it, and waits until all that was stopped goes on, and all that was killed is back. */
    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(loop);
        try {
            loop.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        acts.close();
        failures.forEach(failure -> {
            throw new AssertionError(failure);
        });
    }
}
