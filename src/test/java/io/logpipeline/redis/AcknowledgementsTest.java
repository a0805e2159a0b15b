package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** What gathers while a call is unanswered goes as one. */
class AcknowledgementsTest {
    private final List<List<String>> calls = new CopyOnWriteArrayList<>();
    private final Semaphore replies = new Semaphore(0);
    private volatile boolean refused;
    private final Acknowledgements acknowledgements = new Acknowledgements(this::send);

    private void send(List<String> ids) throws RedisFailure, InterruptedException {
        calls.add(List.copyOf(ids));
        replies.acquire();
        if (refused) {
            throw new RedisFailure(RedisFailure.Kind.REFUSED, "refused");
        }
    }

    private CompletableFuture<Void> end(String id) {
        CompletableFuture<Void> told = new CompletableFuture<>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                acknowledgements.await(id);
                                told.complete(null);
                            } catch (RedisFailure | InterruptedException failure) {
                                told.completeExceptionally(failure);
                            }
                        });
        Await.until("it waits", () -> thread.getState() == Thread.State.WAITING);
        return told;
    }

    private List<CompletableFuture<Void>> end(int count) {
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            told.add(end("1-" + i));
        }
        return told;
    }

    @Test
    void entriesThatEndAtATimeGoTogether() throws Exception {
        List<CompletableFuture<Void>> told = end(4);
        replies.release(2);
        for (CompletableFuture<Void> each : told) {
            each.get();
        }
        assertThat(calls).containsExactly(List.of("1-1"), List.of("1-2", "1-3", "1-4"));
    }

    @Test
    void eachLearnsThatItsCallFailed() {
        List<CompletableFuture<Void>> told = end(3);
        refused = true;
        replies.release(2);
        assertThat(told)
                .allSatisfy(each ->
                        assertThatThrownBy(each::get)
                                .hasCauseInstanceOf(RedisFailure.class)
                                .hasMessageContaining("refused"));
    }
}
