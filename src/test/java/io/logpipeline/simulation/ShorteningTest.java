package io.logpipeline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of a history in which two steps out of many, together, do the harm. */
class ShorteningTest {
    /** Goes wrong when a step that begins with 7 comes, and later one that begins with 9. */
    private static boolean goesWrong(List<int[]> history) {
        Decisions decisions = Decisions.of(history);
        boolean seven = false;
        while (decisions.next()) {
            int number = decisions.pick(10);
            if (seven && number == 9) {
                return true;
            }
            seven |= number == 7;
        }
        return false;
    }

    @Test
    void onlyTheStepsThatDoTheHarmAreLeftAndNothingUnusualInThem() {
        List<int[]> history = new ArrayList<>();
        history.add(new int[] {3, 3});
        for (int i = 0; i < 100; i++) {
            history.add(new int[] {i == 31 ? 7 : i == 77 ? 9 : i % 7, i % 3, 1});
        }

        List<int[]> shortest = Shortening.of(history, ShorteningTest::goesWrong);

        assertThat(shortest.stream().map(Arrays::toString)).containsExactly("[]", "[7]", "[9]");
    }

    @Test
    void decisionsThatWereTakenAreTakenAgain() {
        Decisions drawn = Decisions.of(5);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < 30 && drawn.next(); i++) {
            numbers.add(drawn.pick(100));
            numbers.add(drawn.chance(500) ? 1 : 0);
        }
        Decisions again = Decisions.of(drawn.taken());
        List<Integer> same = new ArrayList<>();
        while (again.next()) {
            same.add(again.pick(100));
            same.add(again.chance(500) ? 1 : 0);
        }

        assertThat(same).isEqualTo(numbers);
        assertThat(again.pick(100)).as("past the end").isZero();
    }
}
