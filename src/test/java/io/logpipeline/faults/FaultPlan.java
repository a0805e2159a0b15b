package io.logpipeline.faults;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One fault: at the n-th occurrence of an effect, before or after it.
 *
 * @param effect a script's name, or {@code disk.} and a method of the disk's
 */
public record FaultPlan(String effect, Moment moment, int occurrence, Fault fault) {
    /** When it strikes. */
    public enum Moment {
        BEFORE,
        AFTER
    }

    /** What it does to the process. */
    public enum Fault {
        /** Ends it at once: no hook, no cleanup, as SIGKILL does. */
        KILL,
        /** SIGSTOP: it goes on after SIGCONT, whenever that comes. */
        STOP,
        /** The effect fails: no space, or no connection. Once. */
        FAIL
    }

    public static final int STATUS_KILLED = 137;
    private static final AtomicInteger SEEN = new AtomicInteger();

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return effect + ":" + moment + ":" + occurrence + ":" + fault;
    }

    public static FaultPlan parse(String text) {
        String[] parts = text.split(":");
        return new FaultPlan(
                parts[0],
                Moment.valueOf(parts[1]),
                Integer.parseInt(parts[2]),
                Fault.valueOf(parts[3]));
    }

    /** Called around each effect; true when it is to fail. */
    boolean strikes(String name, Moment now) {
        if (now != moment || !name.equals(effect) || SEEN.incrementAndGet() != occurrence) {
            return false;
        }
        switch (fault) {
            case KILL -> Runtime.getRuntime().halt(STATUS_KILLED);
            case STOP -> stopSelf();
            case FAIL -> {
                return true;
            }
        }
        return false;
    }

    private static void stopSelf() {
        String pid = Long.toString(ProcessHandle.current().pid());
        try {
            new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
