package io.logpipeline.drain;

import io.logpipeline.simulation.Decisions;
import java.util.EnumMap;
import java.util.Map;

/**
 * What may happen in a history: how often, of a thousand steps, and of a thousand effects.
 *
 * @param lateCall of a call to Redis: it times out, and arrives after all
 * @param lostCall of a call to Redis, on the way there and on the way back
 * @param diskFault of an effect on a file
 * @param repeats whether producers say the same over and over
 * @param streamsMax the most streams of a process; each that starts may have another number of them
 */
record Chances(
        Map<Move, Integer> ofSteps,
        int lateCall,
        int lostCall,
        int diskFault,
        boolean repeats,
        int streamsMax) {
    enum Move {
        RESUME,
        PUSH,
        KILL,
        POWER_LOSS,
        FALL_BACK,
        SPLIT_BRAIN,
        RECONNECT,
        START_EMPTY,
        MOVE_FILE,
        WAIT
    }

    static final Chances ALL =
            new Chances(moves(140, 25, 5, 12, 6, 12, 3, 6, 10), 6, 10, 6, false, 1);

    /** Processes of several settings at once, in a rolling restart that never ends. */
    static final Chances STREAMS = new Chances(ALL.ofSteps, 6, 10, 6, false, 3);

    /** Machines that crash and disks that fail; what Redis has it keeps. */
    static final Chances DISK =
            new Chances(moves(140, 25, 15, 0, 0, 0, 0, 6, 10), 6, 10, 15, false, 1);

    static final Chances REDIS =
            new Chances(moves(140, 25, 0, 20, 15, 20, 2, 0, 8), 12, 20, 0, false, 1);

    /** The same text is another event each time, as long as Redis forgets nothing or everything. */
    static final Chances REPEATS =
            new Chances(moves(140, 20, 3, 0, 0, 0, 12, 8, 20), 6, 10, 6, true, 1);

    private static Map<Move, Integer> moves(int... ofSteps) {
        Map<Move, Integer> moves = new EnumMap<>(Move.class);
        int sum = 0;
        for (int i = 0; i < ofSteps.length; i++) {
            moves.put(Move.values()[i + 1], ofSteps[i]);
            sum += ofSteps[i];
        }
        moves.put(Move.RESUME, 1000 - sum);
        return moves;
    }

    Move next(Decisions decisions) {
        int left = decisions.pick(1000);
        for (Map.Entry<Move, Integer> each : ofSteps.entrySet()) {
            left -= each.getValue();
            if (left < 0) {
                return each.getKey();
            }
        }
        throw new AssertionError(left);
    }
}
