package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.FreePort;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process whose page is watched. */
class WatchedIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir private Path directory;

    private static HttpResponse<InputStream> get(int port, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return CLIENT.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Until the second event: it is live. */
    private static void awaitEvents(BufferedReader stream) throws IOException {
        for (int events = 0; events < 2; ) {
            String line = stream.readLine();
            assertThat(line).isNotNull();
            events += line.startsWith("data: ") ? 1 : 0;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"api", "drainer", "all", "demo"})
    void thePageIsOnTheObservePortAndItsStreamsDoNotDelayTheEnd(String role) throws Exception {
        int observe = FreePort.next();
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess process =
                        PipelineProcess.of(directory, role)
                                .redis(redis.url())
                                .with("OBSERVE_PORT", Integer.toString(observe))
                                // Half of it is what the server waits for requests under way.
                                .with("SERVER_SHUTDOWN_SECONDS", "600")
                                .start();
                Socket silent = new Socket()) {
            assertThat(process.get("/").statusCode()).isEqualTo(404);
            assertThat(process.get("/live").statusCode()).isEqualTo(404);
            assertThat(get(observe, "/").headers().firstValue("Content-Type"))
                    .contains("text/html; charset=utf-8");
            silent.connect(new InetSocketAddress("127.0.0.1", observe));
            silent.getOutputStream()
                    .write(
                            "GET /live HTTP/1.1\r\nHost: a\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            try (BufferedReader stream =
                    new BufferedReader(
                            new InputStreamReader(
                                    get(observe, "/live").body(), StandardCharsets.UTF_8))) {
                awaitEvents(stream);
                assertThat(process.terminate()).as(process.output()).isZero();
                assertThat(stream.lines().toList()).last().asString().isEmpty();
            }
            assertThat(process.output()).contains("Stopped").doesNotContain("Exception");
            if (role.equals("demo")) {
                assertThat(process.output())
                        .contains("Watch it live: http://127.0.0.1:" + observe + "/ ");
            }
        }
    }
}
