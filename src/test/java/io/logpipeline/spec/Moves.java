package io.logpipeline.spec;

/** Takes each state that one step leads to; the state is lent, for the call only. */
@FunctionalInterface
interface Moves {
    /**
     * @param who the drainer that moves, or -1
     */
    void to(World next, int who, String step);
}
