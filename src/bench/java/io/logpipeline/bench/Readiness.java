package io.logpipeline.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits until a server says by HTTP that it is ready. */
final class Readiness {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final long LOOK_NANOS = 20_000_000;

    private Readiness() {}

    /**
     * @param ready of the body of an answer 200
     */
    static void await(String url, Predicate<String> ready)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_LIMIT).build();
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        String last = "no answer";
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() - deadlineNanos < 0) {
                try {
                    HttpResponse<String> answer =
                            client.send(request, HttpResponse.BodyHandlers.ofString());
                    last = answer.statusCode() + " " + answer.body();
                    if (answer.statusCode() == 200 && ready.test(answer.body())) {
                        return;
                    }
                } catch (IOException notYet) {
                    last = notYet.toString();
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        throw new IOException(url + " is not ready after " + LIMIT + ": " + last);
    }
}
