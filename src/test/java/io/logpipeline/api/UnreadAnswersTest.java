package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.logpipeline.telemetry.RequestOutcome;
import io.logpipeline.testing.Await;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A client that takes its time with its answer holds nothing that others wait for. */
class UnreadAnswersTest {
    @Test
    void norAPlaceAmongTheConcurrentRequests() throws Exception {
        FixedLimit one = FixedLimit.builder().permits(1).build();
        CountDownLatch answering = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ApiServer server = new ApiServer(new Admission(List.of(), null, one))) {
            server.telemetry.beforeAnswer(outcome -> {
                if (outcome == RequestOutcome.INVALID) {
                    answering.countDown();
                    Await.until("the other is answered", () -> goOn.getCount() == 0);
                }
            });
            CompletableFuture<HttpResponse<String>> slow = server.postLater("{");
            answering.await();

            assertThat(server.post(ApiServer.EVENT).statusCode()).isEqualTo(200);

            goOn.countDown();
            assertThat(slow.join().statusCode()).isEqualTo(400);
        }
    }
}
