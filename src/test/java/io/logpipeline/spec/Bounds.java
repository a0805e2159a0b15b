package io.logpipeline.spec;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * How much may happen in one history.
 *
 * @param events events pushed, each at any time, on any master that a client still reaches
 * @param chunk the most events of one claim
 * @param faults how often each may come, at most 3 times
 * @param namedFromStart whether the store has its id before the first event is pushed
 * @param mutants changes of the protocol
 */
record Bounds(
        int events,
        int chunk,
        Map<Fault, Integer> faults,
        boolean namedFromStart,
        Set<Mutant> mutants) {

    static Bounds of(int events, int chunk) {
        return new Bounds(
                events, chunk, new EnumMap<>(Fault.class), true, EnumSet.noneOf(Mutant.class));
    }

    Bounds with(Fault fault, int count) {
        Map<Fault, Integer> more = new EnumMap<>(Fault.class);
        more.putAll(faults);
        more.put(fault, count);
        return new Bounds(events, chunk, more, namedFromStart, mutants);
    }

    Bounds namedByTheFirstClaim() {
        return new Bounds(events, chunk, faults, false, mutants);
    }

    Bounds with(Mutant mutant) {
        Set<Mutant> more = EnumSet.of(mutant);
        more.addAll(mutants);
        return new Bounds(events, chunk, faults, namedFromStart, more);
    }

    int count(Fault fault) {
        return faults.getOrDefault(fault, 0);
    }

    boolean has(Mutant mutant) {
        return mutants.contains(mutant);
    }

    @Override
    public String toString() {
        return "events="
                + events
                + " chunk="
                + chunk
                + " faults="
                + faults
                + (namedFromStart ? "" : " store named by the first claim")
                + (mutants.isEmpty() ? "" : " mutants=" + mutants);
    }
}
