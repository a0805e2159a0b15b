package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.drain.SimulatedDisk.Effect;
import io.logpipeline.drain.SimulatedProcess.Killed;
import io.logpipeline.file.SteppingClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One random life of one list and its file: several drainers, step by step and inside each other's
 * steps, on a disk and a Redis that fail; then calm; then the books are checked.
 */
final class DrainHistory implements SimulatedDisk.Fate {
    /** The machine stops: every process ends. */
    private static final class PowerLost extends Error {
        private static final long serialVersionUID = 1;

        PowerLost() {
            super("power", null, false, false);
        }
    }

    private static final int STEPS = 70;
    private static final int CALM_STEPS_MAX = 500;

    private final Random random;
    private final SteppingClock clock;
    private final SimulatedDisk disk;
    private final List<SimulatedProcess> processes;
    private final HistoryCounts counts;
    private final RedisModel redis;
    private final Path path;

    private final List<Event> acknowledged = new ArrayList<>();
    private final Set<Event> lostByRedis = new HashSet<>();
    private final ByteArrayOutputStream rotated = new ByteArrayOutputStream();
    private final Set<Integer> busy = new HashSet<>();
    private final Set<Integer> dead = new HashSet<>();
    private final List<String> diary = new ArrayList<>();
    private boolean powerLost;
    private boolean calm;

    DrainHistory(
            Random random,
            SteppingClock clock,
            SimulatedDisk disk,
            List<SimulatedProcess> processes,
            HistoryCounts counts) {
        this.random = random;
        this.clock = clock;
        this.disk = disk;
        this.processes = processes;
        this.counts = counts;
        this.redis = new RedisModel(random, clock.wall(), SimulatedProcess.LEDGER_LIFE);
        this.path = processes.getFirst().path();
        disk.begin(random, this);
        processes.forEach(SimulatedProcess::restart);
    }

    /** Lives it and checks what is left. */
    void run() {
        for (int i = 0; i < STEPS; i++) {
            clock.pause(Duration.ofMillis(1));
            try {
                act();
            } catch (PowerLost everything) {
                losePower();
            }
        }
        comeToRest();
        check();
        counts.histories++;
        counts.events += acknowledged.size();
        counts.lostByRedis += lostByRedis.size();
    }

    /** What happened, in order. */
    String diary() {
        return String.join("\n", diary);
    }

    private void act() {
        int chance = random.nextInt(1000);
        if (chance < 180) {
            push();
        } else if (chance < 195) {
            rollBack();
        } else if (chance < 225) {
            takeFileAway();
        } else if (chance < 235) {
            startRedisEmpty();
        } else if (chance < 245) {
            jump();
        } else if (chance < 250) {
            throw new PowerLost();
        } else {
            step(random.nextInt(processes.size()));
        }
    }

    private void step(int number) {
        busy.add(number);
        try {
            processes.get(number).step(redis, random, calm, counts);
            diary.add(processes.get(number).toString());
        } catch (Killed killed) {
            if (powerLost) {
                throw new PowerLost();
            }
            diary.add(number + " is killed");
            counts.kills++;
            disk.died(killed.process);
            processes.get(number).restart();
            dead.remove(number);
        } finally {
            busy.remove(number);
        }
    }

    private void push() {
        List<Event> events = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            events.add(Event.of(acknowledged.size() + i));
        }
        acknowledged.addAll(events);
        redis.push(events);
        diary.add("pushed up to " + (acknowledged.size() - 1));
    }

    private void rollBack() {
        if (!redis.rollsBack()) {
            return;
        }
        List<Event> before = redis.waiting();
        redis.rollBack();
        before.removeAll(redis.waiting());
        lostByRedis.addAll(before);
        counts.rollbacks++;
        diary.add("Redis falls back to " + redis);
    }

    /** Nobody is between claim and commit, and the ledger knows the whole file. */
    private boolean settled() {
        return busy.isEmpty()
                && processes.stream().allMatch(SimulatedProcess::isIdle)
                && disk.exists(path)
                && redis.position() == disk.content(path).length;
    }

    /** As logrotate does. Of a file that is not settled nobody can know what was applied. */
    private void takeFileAway() {
        if (settled()) {
            rotated.writeBytes(disk.takeAway(path));
            redis.forgetThePast();
            counts.rotations++;
            diary.add("the file is moved away");
        }
    }

    /** With the disk at rest: what a power loss tears after this, no ledger remembers. */
    private void startRedisEmpty() {
        if (settled()) {
            disk.sync();
            lostByRedis.addAll(redis.waiting());
            redis.startEmpty();
            counts.newStores++;
            diary.add("Redis starts empty");
        }
    }

    /**
     * Past every ledger's life, which no fall-back reaches behind; the kernel writes everything
     * back meanwhile. Not with a torn end whose event Redis forgot: an old file without a ledger is
     * taken for settled as it is.
     */
    private void jump() {
        byte[] content = disk.content(path);
        boolean whole =
                content.length == 0
                        || content[content.length - 1] == '\n' && !contains(content, (byte) 0);
        if (whole && (redis.isClaimed() || redis.waiting().isEmpty())) {
            disk.sync();
            clock.pause(SimulatedProcess.LEDGER_LIFE.multipliedBy(2));
            redis.forgetThePast();
            counts.jumps++;
            diary.add("hours pass");
        }
    }

    private static boolean contains(byte[] content, byte wanted) {
        for (byte b : content) {
            if (b == wanted) {
                return true;
            }
        }
        return false;
    }

    private void losePower() {
        disk.losePower();
        processes.forEach(SimulatedProcess::restart);
        busy.clear();
        dead.clear();
        powerLost = false;
        counts.powerLosses++;
        diary.add("power loss leaves " + shown(disk.content(path)));
    }

    @Override
    public void before(int process, Effect effect) throws IOException {
        if (powerLost) {
            throw new PowerLost();
        }
        if (dead.contains(process)) {
            throw new Killed(process);
        }
        diary.add("  " + process + " " + effect);
        if (calm) {
            return;
        }
        // Most often where a file is half done.
        boolean writing =
                effect == Effect.WRITE || effect == Effect.TRUNCATE || effect == Effect.FORCE;
        int chance = random.nextInt(1000);
        if (chance < (writing ? 20 : 3)) {
            dead.add(process);
            throw new Killed(process);
        } else if (chance < (writing ? 32 : 4)) {
            powerLost = true;
            throw new PowerLost();
        } else if (chance < (writing ? 60 : 10)) {
            counts.failedForces += effect == Effect.FORCE ? 1 : 0;
            diary.add("  " + process + " fails at " + effect);
            throw new IOException("the disk failed at " + effect);
        } else if (chance > 940) {
            interleave();
        }
    }

    /** What others do in the midst of one's step. */
    private void interleave() {
        counts.interleaved++;
        int rounds = 1 + random.nextInt(6);
        for (int i = 0; i < rounds; i++) {
            int chance = random.nextInt(60);
            int number = random.nextInt(processes.size());
            if (chance == 0) {
                rollBack();
            } else if (chance < 6) {
                push();
            } else if (!busy.contains(number)) {
                step(number);
            }
        }
    }

    @Override
    public int bytesMoved(int bytes) {
        return calm || random.nextBoolean() ? bytes : 1 + random.nextInt(bytes);
    }

    private void comeToRest() {
        calm = true;
        for (int number = 0; number < processes.size(); number++) {
            drain(number);
        }
        push();
        drain(0);
    }

    private void drain(int number) {
        for (int i = 0; i < CALM_STEPS_MAX; i++) {
            if (redis.waiting().isEmpty() && processes.get(number).isIdle()) {
                return;
            }
            clock.pause(Duration.ofMillis(1));
            step(number);
        }
        throw new AssertionError("process " + number + " never comes to an end");
    }

    private static String shown(byte[] content) {
        return new String(content, StandardCharsets.UTF_8).replace('\0', '?').replace("\n", " ");
    }

    private void check() {
        byte[] current = disk.content(path);
        assertThat(redis.position()).as("the ledger's position").isEqualTo(current.length);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(rotated.toByteArray());
        all.writeBytes(current);
        String content = all.toString(StandardCharsets.UTF_8);
        assertThat(content).endsWith("\n");
        Map<String, Event> byText = new HashMap<>();
        acknowledged.forEach(event -> byText.put(event.text(), event));
        List<Event> written = new ArrayList<>();
        for (String line : content.split("\n")) {
            Event event = byText.get(line);
            assertThat(event)
                    .as(
                            "an event, whole: %s in %s",
                            shown(line.getBytes(StandardCharsets.UTF_8)), shown(all.toByteArray()))
                    .isNotNull();
            written.add(event);
        }
        assertThat(written).as("each line once").doesNotHaveDuplicates();
        List<Event> expected = new ArrayList<>(acknowledged);
        expected.removeAll(lostByRedis);
        written.removeAll(lostByRedis);
        assertThat(written).as("every event that Redis kept, in order").isEqualTo(expected);
    }
}
