package io.logpipeline.page;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.logpipeline.api.ErrorAnswers;
import io.logpipeline.api.ExactPath;
import io.logpipeline.redis.Replicas;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /}, the page, and {@code GET /live}, the stream of events that moves it.
 *
 * <p>A stream lasts until its client leaves, takes nothing in for as long as the listener allows,
 * or the process stops; each ends on its own thread.
 */
public final class LivePage implements HttpService {
    /** How many may watch at once. */
    static final int WATCHERS_MAX = 32;

    private static final String RETRY_AFTER_SECONDS = "5";
    private static final byte[] RETRY_LINE = "retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final ExactPath PAGE = new ExactPath("/");
    private static final ExactPath STREAM = new ExactPath("/live");

    private static final List<Header> SAFE =
            List.of(
                    HeaderValues.create("Cache-Control", "no-store"),
                    HeaderValues.create("X-Content-Type-Options", "nosniff"),
                    HeaderValues.create("Referrer-Policy", "no-referrer"),
                    HeaderValues.create("Cross-Origin-Resource-Policy", "same-origin"));

    private final Subject subject;
    private final PageDocument document = PageDocument.assemble();
    private final History history = new History();
    private final Watchers watchers = new Watchers(WATCHERS_MAX);
    private final ReplicaLook replicas;
    private final Sampler sampler;
    private final long startNanos;

    public LivePage(Subject subject, Replicas replicas) {
        this.subject = subject;
        this.replicas = new ReplicaLook(replicas, subject.clock());
        this.sampler = new Sampler(subject, history, this.replicas, watchers);
        this.startNanos = subject.clock().nanoTime();
    }

    /** From now on it notes how things stand, until {@link #stop}. */
    public void start() {
        sampler.start();
    }

    /** What is done each second. */
    void turn() {
        sampler.turn();
    }

    /** How many watch now. */
    int watching() {
        return watchers.count();
    }

    /** To be registered at the root. */
    @Override
    public void routing(HttpRules rules) {
        rules.any("/", (request, response) -> at(PAGE, request, response, this::sendPage));
        rules.any("/live", (request, response) -> at(STREAM, request, response, this::sendStream));
    }

    private interface Get {
        void send(boolean head, ServerRequest request, ServerResponse response);
    }

    private static void at(
            ExactPath path, ServerRequest request, ServerResponse response, Get get) {
        if (!path.isAskedFor(request)) {
            response.next();
            return;
        }
        switch (request.prologue().method().text()) {
            case "GET" -> get.send(false, request, response);
            case "HEAD" -> get.send(true, request, response);
            default -> {
                response.header(HeaderNames.ALLOW, "GET, HEAD");
                ErrorAnswers.send(
                        request,
                        response,
                        Status.METHOD_NOT_ALLOWED_405,
                        "Method not allowed",
                        "this path takes GET and HEAD");
            }
        }
    }

    private void sendPage(boolean head, ServerRequest request, ServerResponse response) {
        SAFE.forEach(response::header);
        response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        response.header("Content-Security-Policy", document.policy());
        if (head) {
            response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(document.html().length));
            response.send();
        } else {
            response.send(document.html());
        }
    }

    private void sendStream(boolean head, ServerRequest request, ServerResponse response) {
        SAFE.forEach(response::header);
        if (head && watchers.hasRoom()) {
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
            response.send();
            return;
        }
        Optional<Watchers.Place> place = head ? Optional.empty() : watchers.enter();
        if (place.isEmpty()) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
            ErrorAnswers.send(
                    request,
                    response,
                    Status.SERVICE_UNAVAILABLE_503,
                    "Overloaded",
                    "too many watch this page");
            return;
        }
        try (Watchers.Place mine = place.get()) {
            stream(mine, response);
        } catch (IOException | UncheckedIOException | InterruptedException over) {
            // The interrupt is spent: it ended this stream, and its connection ends with it.
            throw new CloseConnectionException("the watcher left", over);
        }
    }

    private void stream(Watchers.Place place, ServerResponse response)
            throws IOException, InterruptedException {
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
        // Nothing follows a stream, and proxies are not to gather it.
        response.header(HeaderValues.CONNECTION_CLOSE);
        response.header("X-Accel-Buffering", "no");
        News news = new News(subject, history, replicas, startNanos);
        try (OutputStream out = response.outputStream()) {
            out.write(RETRY_LINE);
            do {
                out.write(news.next());
                out.flush();
            } while (place.awaitBeat());
        }
    }

    /**
     * Ends every stream.
     *
     * @param patience how long a watcher may take in what it was sent; then it is cut off
     */
    public void stop(Duration patience) throws InterruptedException {
        sampler.stop();
        watchers.close(patience);
    }
}
