package io.logpipeline.redis;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.TestRedis;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisLinkTest {
    /** Held as long as the test asks, not for a time: else it would set itself free. */
    @Test
    void itsEndWaitsForNoThreadThatIsStuck() throws Exception {
        RedisLink link = RedisLink.open(TestRedis.emptyUrl(), "test", Duration.ofSeconds(5));
        Await.until("it is connected", link::isConnected);
        CountDownLatch goOn = new CountDownLatch(1);
        try {
            holdItsThread(link, goOn);

            Thread closer = Thread.ofPlatform().start(link::close);

            Await.until("it has ended", () -> !closer.isAlive());
        } finally {
            goOn.countDown();
        }
    }

    /** The one that brings answers; an answer that has come already is of no use for that. */
    private static void holdItsThread(RedisLink link, CountDownLatch goOn) throws Exception {
        Thread here = Thread.currentThread();
        CountDownLatch held = new CountDownLatch(1);
        do {
            var unused =
                    link.info()
                            .thenRun(() -> {
                                if (Thread.currentThread() != here) {
                                    held.countDown();
                                    awaitAllTheSame(goOn);
                                }
                            });
        } while (!held.await(100, TimeUnit.MILLISECONDS));
    }

    private static void awaitAllTheSame(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
