package io.logpipeline.api;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * Closes a connection once the request or the answer says {@code Connection: close}.
 *
 * <p>The server itself (Helidon 4.5) leaves that to the client, against RFC 9112, 9.6: a client
 * that reads to the end of the stream would wait for ever, and what follows a request with broken
 * framing would be read as the next one.
 */
public final class ConnectionCloser implements Filter {
    private final OpenConnections open;

    /**
     * @param open say when every connection is to end
     */
    public ConnectionCloser(OpenConnections open) {
        this.open = open;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (open.areEnding()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        chain.proceed();
        if (!saysClose(request.headers()) && !saysClose(response.headers())) {
            return;
        }
        if (bodyCanFollow(request, response.status())) {
            ErrorAnswers.drain(request);
        }
        throw new CloseConnectionException("close was asked for");
    }

    private static boolean saysClose(Headers headers) {
        // Most requests have no such header, most answers this one; looking for a token takes some
        // looking.
        return headers.contains(HeaderNames.CONNECTION)
                && !headers.contains(HeaderValues.CONNECTION_KEEP_ALIVE)
                && headers.containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    /** Not after an error that says the body was drained, or cannot be. */
    private static boolean bodyCanFollow(RoutingRequest request, Status status) {
        boolean waiting =
                request.headers().containsToken(HeaderValues.EXPECT_100) && !request.continueSent();
        return !waiting
                && switch (status.code()) {
                    case 400, 413, 500 -> false;
                    default -> true;
                };
    }
}
