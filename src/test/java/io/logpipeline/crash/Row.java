package io.logpipeline.crash;

import io.logpipeline.faults.Fault;
import io.logpipeline.faults.Point;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One step of a scenario, at one of its occurrences.
 *
 * @param eachChunk the step comes at least once with each chunk, so a seed may choose which
 */
record Row(Scenario scenario, String step, int occurrence, Nature nature, boolean eachChunk) {
    /** What keeps a process from its next step, and does nothing to the step itself. */
    static final Set<Fault> HOLDING_UP = Set.of(Fault.KILL, Fault.STOP, Fault.DELAY);

    List<Point> points() {
        return nature.strikes().stream().map(this::point).toList();
    }

    /** Those that leave a world which no other one leaves. */
    List<Point> distinctPoints() {
        return nature.strikes().stream()
                .filter(Nature.Strike::distinct)
                .map(this::point)
                // The probe's file holds nothing: only its errors are of interest.
                .filter(point -> !step.endsWith("@probe") || !HOLDING_UP.contains(point.fault()))
                .toList();
    }

    private Point point(Nature.Strike strike) {
        return new Point(scenario.word(), step, strike.moment(), occurrence, strike.fault());
    }

    boolean has(Point point) {
        boolean sameStep = point.scenario().equals(scenario.word()) && point.step().equals(step);
        return sameStep && (eachChunk || point.occurrence() == occurrence);
    }

    /** Whether a failure of this step ends the process: a failed force of what events lie in. */
    boolean failsStop(Fault fault) {
        return scenario.appends()
                && (step.startsWith("disk.force") || step.startsWith("disk.sync"))
                && (fault == Fault.EIO || fault == Fault.ENOSPC);
    }

    /** As what an error in the append is counted; empty when it is none, or ends the process. */
    Optional<String> countedAs(Fault fault) {
        if (!scenario.appends() || !step.startsWith("disk.") || failsStop(fault)) {
            return Optional.empty();
        }
        return switch (fault) {
            case ENOSPC, TORN -> Optional.of("disk_full");
            case EACCES -> Optional.of("permission");
            case EIO -> Optional.of("io");
            case KILL, STOP, DELAY, SHORT, DROP -> Optional.empty();
        };
    }
}
