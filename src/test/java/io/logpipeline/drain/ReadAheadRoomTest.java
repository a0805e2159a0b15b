package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.Await;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The room that what is read ahead takes in the memory of all workers. */
class ReadAheadRoomTest extends LongListTests {
    @Test
    void nothingIsReadAheadWithoutRoomForIt() throws Exception {
        PendingEntry entry = pushedAll();
        try (MemoryBudget.Reservation others =
                memory.reserve(MEMORY_BYTES - claims.bytesMax(), true, () -> {})) {
            assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);
            assertThat(others.bytes()).isPositive();
        }

        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
        assertThat(calls.commitsToGoOn()).isZero();
        assertThat(claims()).isEqualTo(3);
    }

    @Test
    void aReadThatFailsAsItBeginsGivesItsRoomBack() throws Exception {
        PendingEntry entry = pushedAll();
        calls.before(
                Script.READ,
                () -> {
                    throw new OutOfMemoryError("on purpose");
                },
                2);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.RETRY);

        assertThat(memory.freeBytes()).isEqualTo(MEMORY_BYTES);
        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);
        assertThat(lines()).isEqualTo(firstAnd(EVENTS));
    }

    /** Its answer comes, and is somewhere, though nobody waits for it any more. */
    @Test
    void whatIsReadInVainTakesItsRoomUntilItIsThere() throws Exception {
        PendingEntry entry = pushedAll();
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        Others moveAway =
                () -> {
                    reads.add(calls.hold(Script.READ));
                    Files.move(file, file.resolveSibling("moved away"));
                    before(Script.CLAIM, () -> calls.open(Script.READ));
                };
        beforeReadAhead(moveAway);

        assertThat(drain(entry)).isEqualTo(KeyDrain.Outcome.ENDED);

        assertThat(lines()).isEqualTo(EVENTS);
        Await.until(
                "only that room is taken",
                () -> memory.freeBytes() == MEMORY_BYTES - claims.bytesMax());
        reads.getFirst().complete(null);
    }
}
