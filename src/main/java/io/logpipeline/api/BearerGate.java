package io.logpipeline.api;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.logpipeline.access.Tokens;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets those pass that show a bearer token (RFC 6750) of this server. */
public final class BearerGate implements Gate {
    private static final String SCHEME = "Bearer ";
    private static final String CHALLENGE = "Bearer realm=\"log-pipeline\"";
    private static final Refusal NONE =
            new Refusal.Unauthorized("Authorization: expected one bearer token", CHALLENGE);
    private static final Refusal UNKNOWN =
            new Refusal.Unauthorized(
                    "Authorization: this bearer token is not known here",
                    CHALLENGE + ", error=\"invalid_token\"");

    private final Supplier<Tokens> tokens;

    /**
     * @param tokens those in force at the moment
     */
    public BearerGate(Supplier<Tokens> tokens) {
        this.tokens = tokens;
    }

    @Override
    public @Nullable Refusal refusal(ServerRequest request, ServerResponse response) {
        List<String> values = request.headers().all(HeaderNames.AUTHORIZATION, List::of);
        if (values.size() != 1
                || !values.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return NONE;
        }
        String token = values.getFirst().substring(SCHEME.length()).strip();
        return tokens.get().contain(token) ? null : UNKNOWN;
    }
}
