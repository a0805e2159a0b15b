package io.logpipeline.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for a condition, looking often; the limit only bounds a failing test. */
public final class Await {
    private static final Duration LIMIT =
            Duration.ofSeconds(Long.getLong("logpipeline.await_seconds", 60));
    private static final Duration POLL = Duration.ofMillis(10);

    /**
     * Servers that a test needs take their time on a busy machine, whatever is tested with them.
     */
    private static final Duration STARTED_WITHIN = Duration.ofMinutes(2);

    private Await() {}

    /** Until the condition holds. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, LIMIT, condition);
    }

    /** Until something that is not under test has come up. */
    public static void untilStarted(String what, Callable<Boolean> condition) {
        until(what, STARTED_WITHIN, condition);
    }

    /** Until the condition holds, with a limit of its own. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        long end = System.nanoTime() + limit.toNanos();
        Throwable last = null;
        while (System.nanoTime() - end < 0) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception | AssertionError failure) {
                last = failure;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new AssertionError("not within " + limit + ": " + what, last);
    }

    /** Until the assertions hold; the last failure is shown. */
    public static void untilAsserted(String what, ThrowingCallable assertions) {
        until(
                what,
                () -> {
                    try {
                        assertions.call();
                    } catch (Throwable failure) {
                        throw new AssertionError(failure);
                    }
                    return true;
                });
    }
}
