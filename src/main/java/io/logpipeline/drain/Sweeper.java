package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.DrainTelemetry;
import io.logpipeline.telemetry.LockKind;
import io.logpipeline.telemetry.MonotonicClock;
import io.logpipeline.telemetry.Watchdog;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps waiting lists from expiring, and finds what no entry of the pending stream knows of: lists
 * of producers that notify nobody, lists and batches whose entry was lost. Of all processes, the
 * one that holds the sweeper's lock does it.
 *
 * <p>Invariants: a sweep begins with the lists that have waited longest, by their entries, whatever
 * else Redis holds; one that fails half way goes on where it stopped. So a Redis that fails more
 * often than a sweep takes lets no list expire, and hides none.
 */
public final class Sweeper {
    private static final String FIRST_CURSOR = "0";
    private static final long NOT_SEEN = 0;
    private static final Duration BEAT_MAX = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE_MAX = Duration.ofSeconds(5);
    private static final Duration CONSUMER_IDLE_MAX = Duration.ofHours(1);

    private final ListScan scan;
    private final PendingStreams pending;
    private final Leases leases;
    private final DrainTelemetry telemetry;
    private final MonotonicClock clock;
    private final Heartbeat heartbeat;
    private final String replica;
    private final Duration period;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean leader;
    private volatile Duration lastSweep = Duration.ZERO;
    private volatile OptionalLong sweepStartNanos = OptionalLong.empty();
    private String listCursor = FIRST_CURSOR;
    private String batchCursor = FIRST_CURSOR;
    private boolean listsDone;
    private int unrecognized;

    /**
     * @param period from one sweep to the next; short against the lists' expiry, which a change of
     *     leader must not outlast
     */
    public Sweeper(
            ListScan scan,
            PendingStreams pending,
            Leases leases,
            DrainTelemetry telemetry,
            Watchdog watchdog,
            MonotonicClock clock,
            String replica,
            Duration period) {
        this.scan = scan;
        this.pending = pending;
        this.leases = leases;
        this.telemetry = telemetry;
        this.clock = clock;
        this.replica = replica;
        this.period = period;
        this.heartbeat = watchdog.loop("sweeper");
        this.thread = Thread.ofPlatform().name("sweeper").unstarted(this::sweepUntilClosed);
    }

    /** Keeps sweeping until {@link #stop}. */
    public Sweeper start() {
        thread.start();
        return this;
    }

    /** Whether this process sweeps. */
    public boolean leads() {
        return leader;
    }

    /**
     * What the last whole sweep took, retries included, or the present one when that is longer:
     * what no entry knows of waits so long, and expires when it can't. Zero when another process
     * sweeps.
     */
    public Duration sweepTime() {
        if (!leader) {
            return Duration.ZERO;
        }
        Duration last = lastSweep;
        OptionalLong startNanos = sweepStartNanos;
        Duration present =
                startNanos.isPresent() ? clock.since(startNanos.getAsLong()) : Duration.ZERO;
        return present.compareTo(last) > 0 ? present : last;
    }

    private void sweepUntilClosed() {
        try {
            Duration wait = Duration.ZERO;
            while (awaitTurn(wait)) {
                wait = turn();
            }
            if (leader) {
                leases.endSweep(replica);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RedisFailure lockExpires) {
            // The lease ends by itself.
        }
    }

    /** Waits, beating; false once this sweeper is to stop. */
    private boolean awaitTurn(Duration wait) throws InterruptedException {
        long left = wait.toMillis();
        do {
            heartbeat.beat();
            if (closed.await(Math.min(left, BEAT_MAX.toMillis()), TimeUnit.MILLISECONDS)) {
                return false;
            }
            left -= BEAT_MAX.toMillis();
        } while (left > 0);
        return true;
    }

    /** Sweeps if this process leads, or can; how long to wait for the next try. */
    Duration turn() throws InterruptedException {
        Duration retry = period.dividedBy(4);
        try {
            leader = lead();
            if (!leader) {
                sweepStartNanos = OptionalLong.empty();
                telemetry.lockBusy(LockKind.SWEEPER);
                return retry;
            }
            long startNanos = clock.nanoTime();
            sweep();
            Duration left = period.minus(clock.since(startNanos));
            return left.compareTo(retry) < 0 ? retry : left;
        } catch (RedisFailure failure) {
            leader = false;
            // A process that starts before its Redis, or lost it, need not miss a long period.
            return retry.compareTo(PAUSE_AFTER_FAILURE_MAX) < 0 ? retry : PAUSE_AFTER_FAILURE_MAX;
        }
    }

    private boolean lead() throws RedisFailure, InterruptedException {
        return leases.leadSweep(replica, period.plus(period.dividedBy(4)));
    }

    private void sweep() throws RedisFailure, InterruptedException {
        if (sweepStartNanos.isEmpty()) {
            sweepStartNanos = OptionalLong.of(clock.nanoTime());
        }
        pending.look();
        KnownLists known = new KnownLists(pending, scan, this::goesOn);
        known.readOn();
        if (!leader) {
            return;
        }
        if (!listsDone) {
            sweepLists(known);
            listsDone = listCursor.equals(FIRST_CURSOR);
        }
        if (listsDone) {
            sweepBatches(known);
            listsDone = !batchCursor.equals(FIRST_CURSOR);
            if (!listsDone) {
                lastSweep = clock.since(sweepStartNanos.getAsLong());
                sweepStartNanos = OptionalLong.empty();
            }
        }
        known.retireConsumers(CONSUMER_IDLE_MAX);
        pending.removeForeign();
    }

    private void sweepLists(KnownLists known) throws RedisFailure, InterruptedException {
        if (listCursor.equals(FIRST_CURSOR)) {
            unrecognized = 0;
        }
        do {
            ListScan.Page page = scan.lists(listCursor);
            List<String> unknown = new ArrayList<>();
            for (String key : page.lists()) {
                if (UserDay.fromKey(key).isEmpty()) {
                    unrecognized++;
                    telemetry.keyUnrecognized(key);
                } else if (!known.contains(key)) {
                    unknown.add(key);
                }
            }
            // A key of another type gets its entry too: the claim says what is wrong with it.
            addMissing(known, scan.tend(unknown));
            listCursor = page.cursor();
        } while (!listCursor.equals(FIRST_CURSOR) && goesOn());
        telemetry.unrecognizedKeys(unrecognized);
    }

    private void sweepBatches(KnownLists known) throws RedisFailure, InterruptedException {
        do {
            ListScan.Page page = scan.batches(batchCursor);
            Map<String, Long> lists = new LinkedHashMap<>();
            for (String list : page.lists()) {
                if (UserDay.fromKey(list).isPresent()) {
                    lists.put(list, NOT_SEEN);
                }
            }
            addMissing(known, lists);
            batchCursor = page.cursor();
        } while (!batchCursor.equals(FIRST_CURSOR) && goesOn());
    }

    /** A long sweep renews its lock on the way, and ends early when another one took it. */
    private boolean goesOn() throws RedisFailure, InterruptedException {
        heartbeat.beat();
        if (closed.getCount() == 0) {
            return false;
        }
        leader = lead();
        return leader;
    }

    private void addMissing(KnownLists known, Map<String, Long> seenMicros)
            throws RedisFailure, InterruptedException {
        int added = 0;
        boolean upToDate = false;
        for (Map.Entry<String, Long> each : seenMicros.entrySet()) {
            String list = each.getKey();
            if (!known.contains(list) && !upToDate) {
                // The list may be younger than what was read of the stream.
                known.readOn();
                upToDate = true;
            }
            if (!known.contains(list) && known.add(list, each.getValue())) {
                added++;
            }
        }
        if (added > 0) {
            telemetry.keysSwept(added);
        }
    }

    /** Ends the loop after what it does now. */
    public void stop() throws InterruptedException {
        closed.countDown();
        thread.join(Duration.ofSeconds(5));
        heartbeat.close();
    }
}
