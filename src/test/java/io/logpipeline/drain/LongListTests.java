package io.logpipeline.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.redis.PendingEntry;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.Script;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of one entry whose list is of three chunks. */
abstract class LongListTests extends KeyDrainTests {
    static final int CHUNK = 100;

    /** All of them are too heavy for one chunk. */
    static final List<String> EVENTS =
            IntStream.range(0, 250).mapToObj(i -> "event " + i + " ".repeat(900)).toList();

    private int claimsBefore;

    /** Another replica, or whoever else does something. */
    @FunctionalInterface
    interface Others {
        void act() throws IOException, RedisFailure, InterruptedException;
    }

    @BeforeEach
    void makeTheFile() throws Exception {
        assertThat(drain(pushed("first"))).isEqualTo(KeyDrain.Outcome.ENDED);
        claimsBefore = calls.bytesAskedFor().size();
    }

    @AfterEach
    void allRoomIsGivenBack() {
        Await.until("all room is free", () -> memory.freeBytes() == MEMORY_BYTES);
    }

    PendingEntry pushedAll() throws Exception {
        return pushed(EVENTS.toArray(String[]::new));
    }

    void before(Script script, Others others) {
        calls.before(
                script,
                () -> {
                    try {
                        others.act();
                    } catch (IOException | RedisFailure | InterruptedException failure) {
                        throw new AssertionError(failure);
                    }
                },
                1);
    }

    /** The first read is of the claim. */
    void beforeReadAhead(Others others) {
        before(Script.READ, () -> before(Script.READ, others));
    }

    int claims() {
        return calls.bytesAskedFor().size() - claimsBefore;
    }

    static List<String> firstAnd(List<String> events) {
        List<String> all = new ArrayList<>(List.of("first"));
        all.addAll(events);
        return all;
    }

    List<String> lines() throws IOException {
        return Files.readAllLines(file);
    }
}
