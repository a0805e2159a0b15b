package io.logpipeline.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.access.TokenBuckets.Rate;
import io.logpipeline.access.TokenBuckets.Taken;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How much is given to whom, by a clock set by hand. */
class TokenBucketsTest {
    private static final int NAMES_MAX = 3;

    /** Begins where the machine's may: below zero, near the end of its range. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    private final TokenBuckets buckets = new TokenBuckets(new Rate(10, 20), NAMES_MAX, nanos::get);

    private void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    private int granted(String name, int attempts) {
        int granted = 0;
        for (int i = 0; i < attempts; i++) {
            granted += buckets.take(name, 1).granted() ? 1 : 0;
        }
        return granted;
    }

    @Test
    void aBurstIsGivenAtOnceAndThenTheRate() {
        assertThat(granted("a", 100)).isEqualTo(20);
        advance(Duration.ofSeconds(1));
        assertThat(granted("a", 100)).isEqualTo(10);
        advance(Duration.ofSeconds(60));
        assertThat(granted("a", 100)).as("a bucket holds no more").isEqualTo(20);
    }

    @Test
    void whoIsRefusedLearnsWhenItWouldSucceed() {
        assertThat(buckets.take("a", 19))
                .isEqualTo(new Taken("a", 1, Duration.ofMillis(1_900), Duration.ZERO));
        Taken refused = buckets.take("a", 4);
        assertThat(refused)
                .isEqualTo(new Taken(null, 1, Duration.ofMillis(1_900), Duration.ofMillis(300)));
        advance(refused.retryAfter().minusMillis(1));
        assertThat(buckets.take("a", 4).granted()).isFalse();
        advance(Duration.ofMillis(1));
        assertThat(buckets.take("a", 4).granted()).isTrue();
    }

    @Test
    void moreThanABucketHoldsIsGivenWhenItIsFullAndPaidOffAfterwards() {
        assertThat(buckets.take("a", 50))
                .isEqualTo(new Taken("a", 0, Duration.ofSeconds(5), Duration.ZERO));
        assertThat(buckets.take("a", 50).retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(buckets.take("a", 1).retryAfter()).isEqualTo(Duration.ofMillis(3_100));
        advance(Duration.ofMillis(3_100));
        assertThat(granted("a", 5)).isEqualTo(1);
    }

    @Test
    void whatIsPutBackCanBeTakenAgain() {
        Taken taken = buckets.take("a", 15);
        buckets.putBack(taken, 15);
        buckets.putBack(buckets.take("a", 21), 21);
        assertThat(granted("a", 100)).isEqualTo(20);
        buckets.putBack(buckets.take("a", 1), 1);
        assertThat(granted("a", 100)).as("a refusal took nothing").isZero();
    }

    @Test
    void madeUpNamesNeitherGrowTheTableNorTakeMoreThanOneMoreNameWould() {
        assertThat(granted("honest", 1)).isEqualTo(1);
        int granted = 0;
        for (int i = 0; i < 100_000; i++) {
            granted += granted("made-up-" + i, 1);
        }
        assertThat(buckets.kept()).isEqualTo(NAMES_MAX);
        assertThat(granted).isEqualTo(NAMES_MAX - 1 + 20);
        assertThat(granted("honest", 100)).as("it was not pushed out").isEqualTo(19);
        assertThat(granted("newcomer", 1)).as("it shares with the made up ones").isZero();
    }

    @Test
    void aNameThatIsKeptIsHeldToItsRateThoughManyOthersCome() {
        assertThat(granted("greedy", 100)).isEqualTo(20);
        for (int i = 0; i < 1_000; i++) {
            granted("made-up-" + i, 1);
        }
        advance(Duration.ofMillis(1_500));
        for (int i = 0; i < 1_000; i++) {
            granted("more-" + i, 1);
        }
        assertThat(granted("greedy", 100)).isEqualTo(15);
    }

    @Test
    void roomIsMadeByForgettingWhoIsBackAtAFullBucket() {
        granted("a", 1);
        granted("b", 1);
        granted("c", 20);
        advance(Duration.ofSeconds(1));
        assertThat(granted("d", 100)).isEqualTo(20);
        assertThat(buckets.kept()).as("a and b are forgotten").isEqualTo(2);
        assertThat(granted("c", 100)).isEqualTo(10);
    }

    @Test
    void manyThreadsTogetherGetNoMore() throws Exception {
        AtomicInteger granted = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    start.await();
                                } catch (InterruptedException stopped) {
                                    return;
                                }
                                granted.addAndGet(granted("a", 1_000));
                            });
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(granted).hasValue(20);
    }

    @Test
    void theWindowIsTheTimeABurstTakes() {
        assertThat(new Rate(10, 20).windowSeconds()).isEqualTo(2);
        assertThat(new Rate(10, 21).windowSeconds()).isEqualTo(3);
        assertThat(new Rate(1_000_000, 1).windowSeconds()).isEqualTo(1);
    }
}
