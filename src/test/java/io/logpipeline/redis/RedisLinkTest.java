package io.logpipeline.redis;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.TestRedis;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RedisLinkTest {
    @Test
    void itsEndWaitsForNoThreadThatIsStuck() throws Exception {
        RedisLink link = RedisLink.open(TestRedis.emptyUrl(), "test", Duration.ofSeconds(5));
        Await.until("it is connected", link::isConnected);
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        var unused =
                link.info()
                        .thenRun(() -> {
                            stuck.countDown();
                            Await.until("it may go on", () -> goOn.getCount() == 0);
                        });
        stuck.await();

        Thread closer = Thread.ofPlatform().start(link::close);

        Await.until("it has ended", () -> !closer.isAlive());
        goOn.countDown();
    }
}
