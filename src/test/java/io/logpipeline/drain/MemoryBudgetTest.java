package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

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
        List<byte[]> elements = List.of(new byte[100], new byte[200]);
        try (MemoryBudget.Reservation room = budget.reserve(500 * KIB, false, () -> {})) {
            room.keepFor(elements);
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
    void whatIsReadAheadLeavesAQuarterToOthers() throws Exception {
        try (MemoryBudget.Reservation chunk = budget.reserve(450 * KIB, true, () -> {})) {
            assertThat(budget.tryReserve(301 * KIB)).isNull();
            try (MemoryBudget.Reservation ahead = budget.tryReserve(300 * KIB)) {
                assertThat(ahead.bytes() + chunk.bytes()).isEqualTo(750 * KIB);
                assertThat(budget.freeBytes()).isEqualTo(250 * KIB);
            }
        }
        assertThat(budget.freeBytes()).isEqualTo(1000 * KIB);
    }

    @Test
    void whatIsReadAheadIsNotTakenFromWhoWaits() throws Exception {
        try (MemoryBudget.Reservation chunk = budget.reserve(200 * KIB, true, () -> {})) {
            CountDownLatch waits = new CountDownLatch(1);
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    budget.reserve(1000 * KIB, true, waits::countDown).close();
                                } catch (InterruptedException stopped) {
                                    throw new IllegalStateException(stopped);
                                }
                            });
            Await.until("it waits, and says so", () -> waits.getCount() == 0);

            assertThat(budget.tryReserve(1)).isNull();

            chunk.close();
            other.join();
            assertThat(budget.tryReserve(1)).isNotNull();
        }
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
