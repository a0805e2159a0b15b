package io.logpipeline.api;

import io.helidon.webserver.http.ServerRequest;

/**
 * A path in its one spelling.
 *
 * <p>The router takes others for the same path: {@code //log}, {@code /log/}, {@code /log;a=b},
 * {@code /a/../log}. What guards a path in front of this server does not see through all of them.
 */
public record ExactPath(String path) {
    /** Whether a request that the router sent here means this path, and spells it so. */
    public boolean isAskedFor(ServerRequest request) {
        String asked = request.prologue().uriPath().rawPath();
        int scheme = asked.indexOf("://");
        if (scheme > 0 && asked.charAt(0) != '/') {
            // RFC 9112, 3.2.2: as sent to a proxy, with the host in front.
            asked = asked.substring(Math.max(asked.indexOf('/', scheme + 3), 0));
        }
        return asked.equals(path);
    }
}
