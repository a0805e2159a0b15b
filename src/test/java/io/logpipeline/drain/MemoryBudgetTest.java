package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.testing.Await;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** All workers of a drainer share one bound. */
class MemoryBudgetTest {
    private static final int KIB = 1024;

    private final MemoryBudget budget = new MemoryBudget(1000 * KIB);

    @Test
    void whatIsFreeIsTakenAndElseTheLeast() throws Exception {
        assertThat(budget.reserve(900 * KIB, false, () -> {}).bytes()).isEqualTo(900 * KIB);
        assertThat(budget.reserve(900 * KIB, false, () -> {}).bytes()).isEqualTo(64 * KIB);
        assertThat(budget.freeBytes()).isEqualTo(36 * KIB);
    }

    @Test
    void whereNothingIsFreeARoomIsAwaited() throws Exception {
        CompletableFuture<Integer> reserved = new CompletableFuture<>();
        CountDownLatch progress = new CountDownLatch(1);
        try (MemoryBudget.Reservation all = budget.reserve(1000 * KIB, false, () -> {})) {
            var unused =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    reserved.complete(
                                            budget.reserve(10 * KIB, false, progress::countDown)
                                                    .bytes());
                                } catch (InterruptedException stopped) {
                                    reserved.completeExceptionally(stopped);
                                }
                            });
            Await.until("it waits, and says so", () -> progress.getCount() == 0);
            assertThat(all.bytes()).isEqualTo(1000 * KIB);
        }
        assertThat(reserved.get()).isEqualTo(10 * KIB);
    }

    @Test
    void aClaimKeepsNoMoreThanItNeeds() throws Exception {
        var claimed = new ClaimOutcome.Claimed("id", 0, List.of(new byte[100], new byte[200]), 2);
        try (MemoryBudget.Reservation room = budget.reserve(500 * KIB, false, () -> {})) {
            room.keepFor(claimed);
            assertThat(budget.freeBytes()).isEqualTo(1000 * KIB - 300 - 2 * 64);
        }
        assertThat(budget.freeBytes()).isEqualTo(1000 * KIB);
    }

    @Test
    void aBatchLargerThanTheBudgetGetsAllOfIt() throws Exception {
        try (MemoryBudget.Reservation room = budget.reserve(5000 * KIB, false, () -> {})) {
            assertThat(room.bytes()).isEqualTo(1000 * KIB);
        }
    }

    @Test
    void whatIsNotFreeIsNotWaitedFor() throws Exception {
        try (MemoryBudget.Reservation most = budget.reserve(900 * KIB, true, () -> {})) {
            assertThat(budget.tryReserve(101 * KIB)).isNull();
            try (MemoryBudget.Reservation rest = budget.tryReserve(100 * KIB)) {
                assertThat(rest.bytes() + most.bytes()).isEqualTo(1000 * KIB);
            }
        }
        assertThat(budget.freeBytes()).isEqualTo(1000 * KIB);
    }

    @Test
    void aRoomThatIsPassedOnIsGivenBackOnce() {
        MemoryBudget.Reservation room = budget.tryReserve(500 * KIB);
        MemoryBudget.Reservation passed = room.pass();

        room.close();
        assertThat(budget.freeBytes()).isEqualTo(500 * KIB);
        passed.close();
        assertThat(budget.freeBytes()).isEqualTo(1000 * KIB);
    }
}
