package io.logpipeline.api;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** {@code GET /openapi.json}: what POST /log takes and answers, in OpenAPI 3.1. */
public final class OpenApiDescription implements HttpService {
    private final byte[] description;

    public OpenApiDescription() {
        try (InputStream in =
                Objects.requireNonNull(
                        OpenApiDescription.class.getResourceAsStream("openapi.json"))) {
            description = in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** To be registered at the root. */
    @Override
    public void routing(HttpRules rules) {
        rules.get("/openapi.json", this::get);
    }

    private void get(ServerRequest request, ServerResponse response) {
        response.header(HeaderValues.CONTENT_TYPE_JSON);
        response.send(description);
    }
}
