package io.logpipeline;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A whole API, or all of it, in the test's own process, wired as in production. */
final class StartedPipeline implements AutoCloseable {
    private final Pipeline pipeline;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private StartedPipeline(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Its settings, by the names of their environment variables. */
    static final class Environment {
        private final Map<String, String> values = new HashMap<>();

        /** In pairs: variable, value. */
        Environment set(String... pairs) {
            for (int i = 0; i < pairs.length; i += 2) {
                values.put(pairs[i], pairs[i + 1]);
            }
            return this;
        }

        StartedPipeline start(Path directory) {
            return start(Role.API, directory);
        }

        StartedPipeline start(Role role, Path directory) {
            Settings settings =
                    SettingsReader.read(
                            CommandLine.parse(role.word()), values, Map.of(), directory);
            return new StartedPipeline(
                    Pipeline.start(
                            role,
                            settings,
                            "test",
                            Pipeline.Seams.none(),
                            (userDay, elements) -> {},
                            (path, cause) -> new AssertionError(path.toString(), cause),
                            reason -> {
                                throw new AssertionError(reason);
                            }));
        }
    }

    /** On a free port. */
    static Environment with(String redisUrl) {
        return new Environment().set("REDIS_URL", redisUrl, "SERVER_PORT", "0");
    }

    int port() {
        return pipeline.port();
    }

    /** Headers in pairs: name, value. */
    HttpResponse<String> post(String body, String... headers)
            throws IOException, InterruptedException {
        return post(body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** The same with a body that is compressed already. */
    HttpResponse<String> postGzip(byte[] body, String... headers)
            throws IOException, InterruptedException {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Encoding";
        all[headers.length + 1] = "gzip";
        return post(body, all);
    }

    private HttpResponse<String> post(byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request("/log").POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(60));
    }

    @Override
    public void close() {
        client.close();
        pipeline.close();
    }
}
