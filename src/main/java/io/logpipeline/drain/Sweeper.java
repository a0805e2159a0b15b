package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.redis.Leases;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStream;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Finds what no entry of the pending stream knows of: lists of producers that notify nobody, lists
 * and batches whose entry was lost. Keeps waiting lists from expiring. Of all processes, the one
 * that holds the sweeper's lock does it.
 */
public final class Sweeper {
    private static final String FIRST_CURSOR = "0";
    private static final long NOT_SEEN = 0;
    private static final int ENTRIES_PER_PAGE = 1000;
    private static final Duration BEAT_MAX = Duration.ofSeconds(1);
    private static final Duration CONSUMER_IDLE_MAX = Duration.ofHours(1);

    private final ListScan scan;
    private final PendingStream pending;
    private final Leases leases;
    private final DrainTelemetry telemetry;
    private final MonotonicClock clock;
    private final Heartbeat heartbeat;
    private final String replica;
    private final Duration period;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean leader;

    /**
     * @param period from one sweep to the next; short against the lists' expiry, which a change of
     *     leader must not outlast
     */
    public Sweeper(
            ListScan scan,
            PendingStream pending,
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
                telemetry.lockBusy(LockKind.SWEEPER);
                return retry;
            }
            long startNanos = clock.nanoTime();
            sweep();
            Duration left = period.minus(clock.since(startNanos));
            return left.compareTo(retry) < 0 ? retry : left;
        } catch (RedisFailure failure) {
            leader = false;
            return retry;
        }
    }

    private boolean lead() throws RedisFailure, InterruptedException {
        return leases.leadSweep(replica, period.plus(period.dividedBy(4)));
    }

    private void sweep() throws RedisFailure, InterruptedException {
        Known known = new Known();
        int found = sweepLists(known) + sweepBatches(known);
        pending.retireConsumers(CONSUMER_IDLE_MAX);
        if (found > 0) {
            telemetry.keysSwept(found);
        }
    }

    private int sweepLists(Known known) throws RedisFailure, InterruptedException {
        int found = 0;
        int unrecognized = 0;
        String cursor = FIRST_CURSOR;
        do {
            ListScan.Page page = scan.lists(cursor);
            List<String> lists = new ArrayList<>();
            for (String key : page.lists()) {
                if (UserDay.fromKey(key).isPresent()) {
                    lists.add(key);
                } else {
                    unrecognized++;
                    telemetry.keyUnrecognized(key);
                }
            }
            // A key of another type gets its entry too: the claim says what is wrong with it.
            found += addMissing(known, scan.tend(lists));
            cursor = page.cursor();
        } while (goesOn(cursor));
        telemetry.unrecognizedKeys(unrecognized);
        return found;
    }

    private int sweepBatches(Known known) throws RedisFailure, InterruptedException {
        int found = 0;
        String cursor = FIRST_CURSOR;
        do {
            ListScan.Page page = scan.batches(cursor);
            Map<String, Long> lists = new LinkedHashMap<>();
            for (String list : page.lists()) {
                if (UserDay.fromKey(list).isPresent()) {
                    lists.put(list, NOT_SEEN);
                }
            }
            found += addMissing(known, lists);
            cursor = page.cursor();
        } while (goesOn(cursor));
        return found;
    }

    /** A long sweep renews its lock on the way, and ends early when another one took it. */
    private boolean goesOn(String cursor) throws RedisFailure, InterruptedException {
        heartbeat.beat();
        return !cursor.equals(FIRST_CURSOR) && closed.getCount() > 0 && lead();
    }

    private int addMissing(Known known, Map<String, Long> seenMicros)
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
            if (!known.contains(list)) {
                pending.addNow(list, each.getValue());
                added++;
            }
        }
        return added;
    }

    /** The lists with an entry, as far as the stream was read. */
    private final class Known {
        private final EntryIndex index = new EntryIndex(ThreadLocalRandom.current().nextLong());
        private String lastId = "0-0";

        boolean contains(String list) {
            return index.contains(list);
        }

        void readOn() throws RedisFailure, InterruptedException {
            while (closed.getCount() > 0) {
                PendingStream.Page page = pending.page(lastId, ENTRIES_PER_PAGE);
                page.lists().forEach(index::add);
                lastId = page.lastId();
                heartbeat.beat();
                if (page.lists().size() < ENTRIES_PER_PAGE) {
                    return;
                }
            }
        }
    }

    /** Ends the loop after what it does now. */
    public void stop() throws InterruptedException {
        closed.countDown();
        thread.join(Duration.ofSeconds(5));
        heartbeat.close();
    }
}
