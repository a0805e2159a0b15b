package io.logpipeline.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/** What a POST /log must pass before its body is read. */
@FunctionalInterface
public interface Gate {
    /**
     * Lets a request pass, or not. May add headers to its answer, whichever that will be.
     *
     * @return null when it may pass
     */
    @Nullable Refusal refusal(ServerRequest request, ServerResponse response);
}
