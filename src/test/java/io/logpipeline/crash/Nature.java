package io.logpipeline.crash;

import static io.logpipeline.faults.Fault.DELAY;
import static io.logpipeline.faults.Fault.DROP;
import static io.logpipeline.faults.Fault.EACCES;
import static io.logpipeline.faults.Fault.EIO;
import static io.logpipeline.faults.Fault.ENOSPC;
import static io.logpipeline.faults.Fault.KILL;
import static io.logpipeline.faults.Fault.SHORT;
import static io.logpipeline.faults.Fault.STOP;
import static io.logpipeline.faults.Fault.TORN;

import io.logpipeline.faults.Fault;
import io.logpipeline.faults.Moment;
import java.util.List;
import java.util.stream.Stream;

/**
 * What kind of step it is, and so which faults apply.
 *
 * <p>KILL, STOP and DELAY strike between two steps: after the one is before the next, so once a
 * step is each gap once (a seed chooses on which side). An error is thrown with nothing done; a
 * step that changes something also after it was done, as a network file system reports a lost
 * answer. What a call could not be refused for is left out: nobody needs room to look, and who has
 * a file open needs no permission.
 *
 * <p>Some strikes leave the same world as another one does, and are played at length only. A step
 * that changes nothing outside: a kill after it is the kill after the change before it, a delay
 * after it the stop there; what it saw and is stale later, a stop shows. A force: as long as the
 * power stays on, it makes no difference for what reason or how late it fails.
 */
enum Nature {
    /** Looks a path up. */
    PATH(atLength(KILL, DELAY), after(STOP), before(EIO, EACCES)),
    /** Looks at an open file, or locks it: a lock is gone with its process. */
    LOOK(atLength(KILL, DELAY), after(STOP), before(EIO)),
    /** Reads; may get less than it asked for. */
    READ(atLength(KILL, DELAY), after(STOP), before(EIO, SHORT)),
    /** Makes a name. */
    NAME(after(KILL, STOP, DELAY, EIO), before(ENOSPC, EIO, EACCES)),
    /** Gives a name up. */
    UNNAME(after(KILL, STOP, DELAY, EIO), before(EIO, EACCES)),
    /** Shortens an open file. */
    CUT(after(KILL, STOP, DELAY, EIO), before(EIO)),
    /** Writes; the only step that can be half done. */
    WRITE(after(KILL, STOP, DELAY, EIO), before(ENOSPC, EIO), middle(KILL, STOP, SHORT, TORN)),
    /** Forces a file: room is promised late by some file systems. */
    FORCE(after(KILL, STOP, DELAY), before(EIO), atLength(EIO), atLengthBefore(ENOSPC)),
    /** Forces a directory, which has to be opened for it. */
    FORCE_DIRECTORY(after(KILL, STOP, DELAY), before(EIO, EACCES), atLength(EIO)),
    /** Closes: done in any case, whatever it reports. */
    CLOSE(atLength(KILL, DELAY), after(STOP, EIO)),
    /** A call that changes something: lost on the way there, or only its reply. */
    CALL(after(KILL, STOP, DELAY, DROP), before(DROP)),
    /** A call that changes nothing: whether it ran or not, no reply is no reply. */
    QUESTION(atLength(KILL, DELAY), after(STOP), before(DROP));

    /**
     * One fault at one moment.
     *
     * @param distinct no other strike leaves the same world
     */
    record Strike(Moment moment, Fault fault, boolean distinct) {}

    private final List<Strike> strikes;

    @SafeVarargs
    Nature(List<Strike>... own) {
        strikes = Stream.of(own).flatMap(List::stream).toList();
    }

    List<Strike> strikes() {
        return strikes;
    }

    private static List<Strike> before(Fault... faults) {
        return strikes(Moment.BEFORE, true, faults);
    }

    private static List<Strike> middle(Fault... faults) {
        return strikes(Moment.MIDDLE, true, faults);
    }

    private static List<Strike> after(Fault... faults) {
        return strikes(Moment.AFTER, true, faults);
    }

    private static List<Strike> atLength(Fault... faults) {
        return strikes(Moment.AFTER, false, faults);
    }

    private static List<Strike> atLengthBefore(Fault... faults) {
        return strikes(Moment.BEFORE, false, faults);
    }

    private static List<Strike> strikes(Moment moment, boolean distinct, Fault... faults) {
        return Stream.of(faults).map(fault -> new Strike(moment, fault, distinct)).toList();
    }
}
