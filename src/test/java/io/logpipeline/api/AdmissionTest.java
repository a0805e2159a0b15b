package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.concurrency.limits.LimitAlgorithm;
import io.logpipeline.access.TokenBuckets;
import io.logpipeline.redis.PushOutcome;
import io.logpipeline.telemetry.RequestOutcome;
import io.logpipeline.testing.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests that are turned away for being too many, and what their clients are told. */
class AdmissionTest {
    private final AtomicLong nanos = new AtomicLong();

    private TokenBuckets buckets(int perSecond, int burst) {
        return new TokenBuckets(new TokenBuckets.Rate(perSecond, burst), 100, nanos::get);
    }

    private ApiServer server(@Nullable UserRates users, @Nullable Limit concurrency) {
        return new ApiServer(new Admission(List.of(), users, concurrency));
    }

    private static String header(HttpResponse<String> answer, String name) {
        return String.join(" | ", answer.headers().allValues(name));
    }

    private static String event(String user) {
        return "{\"user_id\":\"" + user + "\",\"event\":\"x\",\"timestamp\":1}";
    }

    @Test
    void aClientOverItsRateIsToldWhenToComeBack() throws Exception {
        try (ApiServer server = new ApiServer(new ClientRateGate(buckets(2, 3)))) {
            HttpResponse<String> first = server.post(ApiServer.EVENT);
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(header(first, "RateLimit-Policy")).isEqualTo("\"client\";q=3;w=2");
            assertThat(header(first, "RateLimit")).isEqualTo("\"client\";r=2;t=1");
            server.post(ApiServer.EVENT);
            server.post(ApiServer.EVENT);

            HttpResponse<String> over = server.post(ApiServer.EVENT);
            ApiServer.assertError(
                    over, 429, "Too many requests", "too many requests of this client address");
            assertThat(header(over, "RateLimit-Policy")).isEqualTo("\"client\";q=3;w=2");
            assertThat(header(over, "RateLimit")).isEqualTo("\"client\";r=0;t=2");
            assertThat(header(over, "Retry-After")).isEqualTo("1");
            assertThat(server.pushes.lines()).hasSize(3);
            assertThat(server.telemetry.outcomes()).endsWith(RequestOutcome.RATE_LIMITED);

            nanos.addAndGet(500_000_000);
            assertThat(server.post(ApiServer.EVENT).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatARequestSaysOfItsOriginChangesNothing() throws Exception {
        try (ApiServer server = new ApiServer(new ClientRateGate(buckets(1, 1)))) {
            server.post(ApiServer.EVENT, "X-Forwarded-For", "192.0.2.1");
            assertThat(server.post(ApiServer.EVENT, "X-Forwarded-For", "192.0.2.2").statusCode())
                    .isEqualTo(429);
        }
    }

    @Test
    void theAddressesOfOneIpv6NetworkAreOneClient() throws Exception {
        assertThat(client("2001:db8:1:2::1"))
                .isEqualTo(client("2001:db8:1:2:ffff::9"))
                .isNotEqualTo(client("2001:db8:1:3::1"));
        assertThat(client("192.0.2.1")).isNotEqualTo(client("192.0.2.2"));
    }

    private static String client(String address) throws Exception {
        return ClientRateGate.client(new InetSocketAddress(InetAddress.getByName(address), 1));
    }

    @Test
    void aUserOverItsRateIsRefusedAndOthersAreNot() throws Exception {
        try (ApiServer server = server(new UserRates(buckets(1, 2)), null)) {
            assertThat(server.post(event("a")).statusCode()).isEqualTo(200);
            assertThat(server.post(event("a")).statusCode()).isEqualTo(200);
            HttpResponse<String> over = server.post(event("a"));
            ApiServer.assertError(over, 429, "Too many requests", "too many events of one user");
            assertThat(header(over, "RateLimit")).isEqualTo("\"user\";r=0;t=2");
            assertThat(header(over, "Retry-After")).isEqualTo("1");
            assertThat(server.post(event("b")).statusCode()).isEqualTo(200);
            assertThat(server.pushes.lines()).hasSize(3);
        }
    }

    @Test
    void aBatchWithOneUserOverItsRateStoresNothingAndCostsTheOthersNothing() throws Exception {
        try (ApiServer server = server(new UserRates(buckets(1, 2)), null)) {
            server.post("[" + event("b") + "," + event("b") + "]");
            String mixed = "[" + event("a") + "," + event("a") + "," + event("b") + "]";
            for (int i = 0; i < 3; i++) {
                assertThat(server.post(mixed).statusCode()).isEqualTo(429);
            }
            assertThat(server.pushes.lines()).hasSize(2);
            assertThat(server.post("[" + event("a") + "," + event("a") + "]").statusCode())
                    .as("nothing was taken of a")
                    .isEqualTo(200);
        }
    }

    @Test
    void eventsForWhichThereIsNoRoomCostTheirUserNothing() throws Exception {
        try (ApiServer server = server(new UserRates(buckets(1, 2)), null)) {
            server.pushes.answerWith(() -> new PushOutcome.Overloaded(Duration.ofSeconds(1)));
            for (int i = 0; i < 3; i++) {
                assertThat(server.post(event("a")).statusCode()).isEqualTo(503);
            }
            server.pushes.answerWith(PushOutcome.Stored::new);
            assertThat(server.post(event("a")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void eventsThatRedisDidNotTakeCostTheirUserNothing() throws Exception {
        try (ApiServer server = server(new UserRates(buckets(1, 2)), null)) {
            server.pushes.answerWith(
                    () -> new PushOutcome.Failed("Redis is not reachable", Duration.ofSeconds(1)));
            for (int i = 0; i < 3; i++) {
                assertThat(server.post(event("a")).statusCode()).isEqualTo(500);
            }
            server.pushes.answerWith(() -> {
                throw new IllegalStateException("on purpose");
            });
            for (int i = 0; i < 3; i++) {
                assertThat(server.post(event("a")).statusCode()).isEqualTo(500);
            }
            server.pushes.answerWith(PushOutcome.Stored::new);
            assertThat(server.post(event("a")).statusCode()).isEqualTo(200);
            assertThat(server.post(event("a")).statusCode()).isEqualTo(200);
            assertThat(server.post(event("a")).statusCode()).isEqualTo(429);
        }
    }

    @Test
    void whileRedisMemoryIsHighRequestsAreTurnedAwayUnread() throws Exception {
        AtomicBoolean high = new AtomicBoolean(true);
        try (ApiServer server = new ApiServer(new MemoryGate(high::get))) {
            HttpResponse<String> answer = server.post("not even JSON");
            ApiServer.assertError(answer, 503, "Overloaded", "Redis' memory is nearly full");
            assertThat(header(answer, "Retry-After")).isEqualTo("5");
            assertThat(server.telemetry.outcomes()).containsExactly(RequestOutcome.OVERLOADED);
            high.set(false);
            assertThat(server.post(ApiServer.EVENT).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void requestsBeyondTheLimitWaitAndThoseBeyondTheQueueAreTurnedAway() throws Exception {
        Semaphore permits = new Semaphore(1);
        Limit limit =
                FixedLimit.builder()
                        .semaphore(permits)
                        .permits(1)
                        .queueLength(1)
                        .queueTimeout(Duration.ofSeconds(60))
                        .build();
        try (ApiServer server = server(null, limit)) {
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger inHand = new AtomicInteger();
            server.pushes.answerWith(() -> {
                inHand.incrementAndGet();
                Await.until("it may go on", () -> goOn.getCount() == 0);
                return new PushOutcome.Stored();
            });
            CompletableFuture<Integer> served = status(server);
            Await.until("the first is in hand", () -> inHand.get() == 1);
            CompletableFuture<Integer> queued = status(server);
            // Helidon looks at the queue's length before it joins it: two at once would both join.
            Await.until("the second waits", permits::hasQueuedThreads);
            assertThat(status(server).join()).as("the third").isEqualTo(503);
            assertThat(inHand).as("the second still waits").hasValue(1);
            goOn.countDown();
            assertThat(List.of(served.join(), queued.join())).containsOnly(200);
            assertThat(server.telemetry.outcomes())
                    .containsExactly(
                            RequestOutcome.OVERLOADED,
                            RequestOutcome.ACCEPTED,
                            RequestOutcome.ACCEPTED);
        }
    }

    private static CompletableFuture<Integer> status(ApiServer server) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return server.post(ApiServer.EVENT).statusCode();
                    } catch (Exception failure) {
                        throw new IllegalStateException(failure);
                    }
                },
                task -> Thread.ofPlatform().start(task));
    }

    @Test
    void theWaitInTheQueueHasAnEnd() throws Exception {
        Limit limit =
                FixedLimit.builder()
                        .permits(1)
                        .queueLength(10)
                        .queueTimeout(Duration.ofMillis(1))
                        .build();
        try (ApiServer server = server(null, limit)) {
            var held = (LimitAlgorithm.Outcome.Accepted) limit.tryAcquireOutcome(false);
            ApiServer.assertError(
                    server.post(ApiServer.EVENT), 503, "Overloaded", "too many requests at once");
            held.token().success();
            assertThat(server.post(ApiServer.EVENT).statusCode()).isEqualTo(200);
        }
    }
}
