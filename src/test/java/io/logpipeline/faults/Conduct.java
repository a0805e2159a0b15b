package io.logpipeline.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * How this process behaves: whether it takes up work, and what strikes it where. Orders come as
 * lines of its standard input, {@code <number> rest}, {@code <number> work} or {@code <number> arm
 * <point> <user> <delay in ms> [<point before>]}; each is answered by an empty file {@code
 * done-<number>}. A strike leaves {@code struck-<number>} and, when the process goes on after it,
 * {@code passed-<number>}.
 *
 * <p>Invariants: after {@code rest} is answered nothing is in flight that takes up work, nor under
 * way what was taken up before; the end of the input, which is the end of whoever gives the orders,
 * ends the process.
 */
public final class Conduct {
    /** The exit status after {@link Fault#KILL}. */
    public static final int STATUS_KILLED = 137;

    /** The environment variable that names the directory of the answers. */
    public static final String DIRECTORY_VARIABLE = "CONTROL";

    /** The file in it that lists every step that this process came to. */
    public static final String STEPS_FILE = "steps";

    private record Plan(String number, Point point, String user, Duration delay) {
        boolean isAt(String step, String subject, Moment moment) {
            boolean ofOthers = subject.contains(ANY_USER) && !subject.contains(ANY_USER + user);
            return point.moment() == moment
                    && point.fault() != Fault.DROP
                    && point.step().equals(step)
                    && !ofOthers;
        }
    }

    private static final Set<String> WORK =
            Set.of(
                    "io.logpipeline.drain.VolumeKeeper.admit",
                    "io.logpipeline.drain.Sweeper.sweepIfLeader",
                    "io.logpipeline.drain.KeyDrain.drain");
    private static final String ANY_USER = "user_";

    private final Path directory;
    private final Set<String> steps = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger seen = new AtomicInteger();
    private volatile boolean resting = true;
    private volatile Plan plan;

    /** What strikes once before the plan. */
    private final AtomicReference<Plan> prelude = new AtomicReference<>();

    public Conduct(Path directory) {
        this.directory = directory;
    }

    /** Starts obeying. */
    public Conduct obeying() {
        Thread.ofPlatform().daemon().name("orders").start(this::obey);
        return this;
    }

    private void obey() {
        try (BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                obey(line.split(" "));
            }
        } catch (IOException | RuntimeException failure) {
            failure.printStackTrace();
        }
        Runtime.getRuntime().halt(STATUS_KILLED);
    }

    private void obey(String[] words) {
        String number = words[0];
        switch (words[1]) {
            case "rest" -> {
                resting = true;
                plan = null;
                prelude.set(null);
                while (inFlight.get() > 0 || isAtWork()) {
                    LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
                }
            }
            case "work" -> resting = false;
            case "arm" -> {
                seen.set(0);
                Duration delay = Duration.ofMillis(Long.parseLong(words[4]));
                plan = new Plan(number, Point.parse(words[2]), words[3], delay);
                prelude.set(
                        words.length > 5
                                ? new Plan(number, Point.parse(words[5]), words[3], delay)
                                : null);
            }
            default -> throw new IllegalArgumentException(words[1]);
        }
        leave("done-" + number);
    }

    /** Whether a thread is in the middle of what it took up before it was told to rest. */
    private static boolean isAtWork() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .anyMatch(WORK::contains);
    }

    /** Asks to take up work; when granted, {@link #workEnded} must follow. */
    boolean mayWork() {
        inFlight.incrementAndGet();
        if (resting) {
            inFlight.decrementAndGet();
            return false;
        }
        return true;
    }

    void workEnded() {
        inFlight.decrementAndGet();
    }

    /**
     * Tells what strikes here and now; null for nothing. A caller that gets a fault must {@link
     * #suffer} it or do it itself.
     *
     * @param subject what the step is about; one about another user than the plan's is none of it
     */
    Fault strike(String step, String subject, Moment moment) {
        if (steps.add(step)) {
            note(step);
        }
        Plan first = prelude.get();
        if (first != null
                && first.isAt(step, subject, moment)
                && prelude.compareAndSet(first, null)) {
            return first.point().fault();
        }
        Plan now = plan;
        if (now == null
                || !now.isAt(step, subject, moment)
                || seen.incrementAndGet() != now.point().occurrence()) {
            return null;
        }
        leave("struck-" + now.number());
        return now.point().fault();
    }

    /** The armed plan's delay. */
    Duration delay() {
        Plan now = plan;
        return now == null ? Duration.ZERO : now.delay();
    }

    /** Says that the process goes on after a strike that held it up. */
    void passed() {
        Plan now = plan;
        if (now != null) {
            leave("passed-" + now.number());
        }
    }

    /** Ends, stops or delays this process or thread; false for a fault of another kind. */
    boolean suffer(Fault fault) {
        switch (fault) {
            case KILL -> Runtime.getRuntime().halt(STATUS_KILLED);
            case STOP -> stopSelf();
            case DELAY -> delayThread();
            default -> {
                return false;
            }
        }
        passed();
        return true;
    }

    private void delayThread() {
        long end = System.nanoTime() + delay().toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void stopSelf() {
        String pid = Long.toString(ProcessHandle.current().pid());
        try {
            new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(String file) {
        try {
            Files.createFile(directory.resolve(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private synchronized void note(String step) {
        try {
            Files.writeString(
                    directory.resolve(STEPS_FILE),
                    step + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
