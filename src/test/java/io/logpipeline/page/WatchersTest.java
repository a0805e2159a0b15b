package io.logpipeline.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchersTest {
    private final Watchers watchers = new Watchers(2);

    @Test
    void thereAreNeverMoreThanFit() {
        Watchers.Place first = watchers.enter().orElseThrow();
        watchers.enter().orElseThrow();
        assertThat(watchers.enter()).isEmpty();
        assertThat(watchers.hasRoom()).isFalse();

        first.close();
        first.close();
        assertThat(watchers.count()).isEqualTo(1);
        assertThat(watchers.enter()).isPresent();
        assertThat(watchers.enter()).isEmpty();
    }

    @Test
    void whoMissedBeatsIsToldOnce() throws Exception {
        Watchers.Place place = watchers.enter().orElseThrow();
        watchers.beat();
        watchers.beat();
        assertThat(place.awaitBeat()).isTrue();

        AtomicInteger told = new AtomicInteger();
        Thread watcher =
                Thread.startVirtualThread(() -> {
                    try {
                        while (place.awaitBeat()) {
                            told.incrementAndGet();
                        }
                    } catch (InterruptedException unexpected) {
                        told.set(-1);
                    }
                });
        watchers.beat();
        Await.until("it is told", () -> told.get() == 1);
        place.close();
        watchers.close(Duration.ZERO);
        watcher.join();
        assertThat(told.get()).isEqualTo(1);
    }

    @Test
    void theEndIsToldToAllAndNobodyEntersAfterIt() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch entered = new CountDownLatch(1);
        Thread watcher =
                Thread.startVirtualThread(() -> {
                    try (Watchers.Place place = watchers.enter().orElseThrow()) {
                        entered.countDown();
                        over.set(!place.awaitBeat());
                    } catch (InterruptedException unexpected) {
                        Thread.currentThread().interrupt();
                    }
                });
        entered.await();
        watchers.close(Duration.ofMinutes(5));
        watcher.join();

        assertThat(over).isTrue();
        assertThat(watchers.enter()).isEmpty();
    }

    @Test
    void whoDoesNotLeaveInTimeIsInterrupted() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread stuck =
                Thread.startVirtualThread(() -> {
                    try (Watchers.Place unused = watchers.enter().orElseThrow()) {
                        entered.countDown();
                        new CountDownLatch(1).await();
                    } catch (InterruptedException end) {
                        interrupted.set(true);
                    }
                });
        entered.await();
        watchers.close(Duration.ofMillis(1));
        stuck.join();

        assertThat(interrupted).isTrue();
    }
}
