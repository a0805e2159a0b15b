package io.logpipeline.page;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.logpipeline.api.BodyMemory;
import io.logpipeline.api.ClientTimeouts;
import io.logpipeline.api.ConnectionCloser;
import io.logpipeline.api.ErrorAnswers;
import io.logpipeline.api.OpenConnections;
import io.logpipeline.redis.Replicas;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The page on a free port, under the limits of production; its seconds pass by hand. */
final class PageServer implements AutoCloseable {
    /** To take in an answer, and between two requests. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    final Process process = new Process();
    final LivePage page =
            new LivePage(process.subject(), new Replicas(process.redis, process.streams));
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final OpenConnections connections = new OpenConnections(10_000);
    private final ClientTimeouts timeouts =
            new ClientTimeouts(TIMEOUT, TIMEOUT, 100_000, BodyMemory.ofHeap(0), connections);
    private final WebServer server;

    PageServer() {
        WebServerConfig.Builder config =
                WebServer.builder().host("127.0.0.1").port(0).featuresDiscoverServices(false);
        timeouts.prepare(config);
        ErrorAnswers.register(config);
        config.shutdownGracePeriod(Duration.ofMinutes(5));
        config.routing(routing ->
                routing.addFilter(new ConnectionCloser(connections)).register("/", page));
        server = config.build().start();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofMinutes(1));
    }

    /** Fails where a stream comes that does not end. */
    HttpResponse<String> send(String method, String path) throws Exception {
        return client.sendAsync(
                        request(path).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                        HttpResponse.BodyHandlers.ofString())
                .get(1, TimeUnit.MINUTES);
    }

    /** A second passes. */
    void turn() {
        process.advance(Duration.ofSeconds(1));
        page.turn();
    }

    /** One that reads what comes when it is told to. */
    Watcher watch() {
        return new Watcher();
    }

    final class Watcher implements AutoCloseable {
        private final Socket socket = new Socket();
        private final BufferedReader reader;

        private Watcher() {
            try {
                socket.setReceiveBufferSize(4_096);
                socket.setSoTimeout(60_000);
                socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
                socket.getOutputStream()
                        .write(
                                "GET /live HTTP/1.1\r\nHost: a\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                reader =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.UTF_8));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        /** The next line that begins so, without its beginning; null at the end. */
        String next(String beginning) {
            try {
                String line = reader.readLine();
                while (line != null && !line.startsWith(beginning)) {
                    line = reader.readLine();
                }
                return line == null ? null : line.substring(beginning.length());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        /** The next event. */
        String event() {
            return next("data: ");
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    void stopPage() throws InterruptedException {
        page.stop(Duration.ofSeconds(5));
    }

    void stopServer() {
        server.stop();
    }

    @Override
    public void close() throws InterruptedException {
        stopPage();
        server.stop();
        timeouts.close();
        client.shutdownNow();
    }
}
