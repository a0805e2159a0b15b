package io.logpipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each safeguard in the smallest bounds in which it is missed. */
class MissingSafeguardTest {
    private static final Bounds FAILOVER_OF_TWO_EVENTS = Bounds.of(2, 1).with(Fault.FAILOVER, 1);
    private static final Bounds POWER_LOSS = Bounds.of(1, 1).with(Fault.POWER_LOSS, 1);

    private static final Map<Mutant, Bounds> MISSED_IN =
            Map.ofEntries(
                    Map.entry(Mutant.NO_FILE_LOCK, Bounds.of(2, 1)),
                    Map.entry(
                            Mutant.NO_BATCH_ID_IN_COMMIT,
                            FAILOVER_OF_TWO_EVENTS.with(Fault.PROCESS_CRASH, 1)),
                    Map.entry(
                            Mutant.ONE_ID_FOR_THE_WHOLE_BATCH,
                            FAILOVER_OF_TWO_EVENTS.with(Fault.PROCESS_CRASH, 1)),
                    Map.entry(Mutant.NO_TAIL_MATCH, Bounds.of(1, 1)),
                    Map.entry(Mutant.NO_TAIL_CUT, Bounds.of(1, 1).with(Fault.PROCESS_CRASH, 1)),
                    Map.entry(
                            Mutant.NO_FORCE_AFTER_CUT,
                            FAILOVER_OF_TWO_EVENTS
                                    .with(Fault.PROCESS_CRASH, 1)
                                    .with(Fault.POWER_LOSS, 1)),
                    Map.entry(Mutant.POSITION_IS_FILE_SIZE, FAILOVER_OF_TWO_EVENTS),
                    Map.entry(
                            Mutant.WRITE_AT_REMEMBERED_SIZE,
                            Bounds.of(2, 2).with(Fault.PROCESS_CRASH, 1)),
                    Map.entry(Mutant.COMMIT_BEFORE_FORCE, POWER_LOSS),
                    Map.entry(Mutant.NO_WRITE_BACK, POWER_LOSS.with(Fault.FAILED_FORCE, 1)),
                    Map.entry(Mutant.NO_FAIL_STOP, POWER_LOSS.with(Fault.FAILED_FORCE, 1)),
                    Map.entry(Mutant.NO_DIRECTORY_FORCE, POWER_LOSS),
                    Map.entry(Mutant.BATCH_WITHOUT_PERSIST, Bounds.of(1, 1)),
                    Map.entry(
                            Mutant.READ_AHEAD_OF_ANY_BATCH,
                            Bounds.of(3, 1).with(Fault.FAILOVER, 1)));

    /** Missed with another one. */
    private static final Set<Mutant> NOT_ALONE = EnumSet.of(Mutant.NO_POSITION_IN_COMMIT);

    private static final Set<Mutant> ADDITIONS =
            EnumSet.range(Mutant.FORCE_AFTER_CUT_BACK, Mutant.FIRST_POSITION_IS_ZERO);

    static Stream<Arguments> missing() {
        return MISSED_IN.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void withoutItThePromiseIsBrokenAndWithItItIsKept(Mutant safeguard, Bounds bounds) {
        Explorer.Report broken = Explorer.explore(bounds.with(safeguard));
        Explorer.Report kept = Explorer.explore(bounds);

        assertThat(broken.violation()).isPresent();
        Explorer.Violation violation = broken.violation().get();
        System.out.println(safeguard + ": " + violation.what() + ", " + violation.steps().size());
        assertThat(kept.violation()).isEmpty();
    }

    @Test
    void thePositionInTheCommitIsMissedOnlyWhereAnIdIsNotNewForEachChunk() {
        Bounds wide = FAILOVER_OF_TWO_EVENTS.with(Fault.PROCESS_CRASH, 1);
        assertThat(Explorer.explore(wide.with(Mutant.NO_POSITION_IN_COMMIT)).violation()).isEmpty();

        Explorer.Report broken =
                Explorer.explore(
                        Bounds.of(2, 1)
                                .with(Mutant.NO_POSITION_IN_COMMIT)
                                .with(Mutant.ONE_ID_FOR_THE_WHOLE_BATCH));

        assertThat(broken.violation()).isPresent();
        Explorer.Violation violation = broken.violation().get();
        System.out.println(
                Mutant.NO_POSITION_IN_COMMIT
                        + ": "
                        + violation.what()
                        + ", "
                        + violation.steps().size());
    }

    @Test
    void eachSafeguardIsMissedSomewhere() {
        Set<Mutant> all =
                Stream.of(MISSED_IN.keySet(), NOT_ALONE, ADDITIONS)
                        .flatMap(Set::stream)
                        .collect(Collectors.toSet());

        assertThat(all).containsExactlyInAnyOrder(Mutant.values());
    }
}
