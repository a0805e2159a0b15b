package io.logpipeline.crash;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What clients ask of a replica. */
final class Clients {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private Clients() {}

    /** Ends when the stream of the page does. */
    static CompletableFuture<?> watch(Replica replica) {
        URI live = URI.create("http://127.0.0.1:" + replica.process().port() + "/live");
        return CLIENT.sendAsync(
                HttpRequest.newBuilder(live).build(), HttpResponse.BodyHandlers.discarding());
    }

    static boolean post(Replica api, String idempotencyKey, String body) {
        try {
            URI log = URI.create("http://127.0.0.1:" + api.process().port() + "/log");
            HttpRequest request =
                    HttpRequest.newBuilder(log)
                            .timeout(PATIENCE)
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", idempotencyKey)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
        } catch (IOException noAnswer) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
