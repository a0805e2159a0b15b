package io.logpipeline.api;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import io.logpipeline.access.TokenBuckets;
import io.logpipeline.access.TokenBuckets.Taken;
import java.time.Duration;

/**
 * The fields that tell a client of its limit: {@code RateLimit-Policy} and {@code RateLimit}, as
 * draft-ietf-httpapi-ratelimit-headers-11 has them.
 */
final class RateLimitFields {
    private static final HeaderName POLICY = HeaderNames.create("RateLimit-Policy");
    private static final HeaderName LIMIT = HeaderNames.create("RateLimit");

    private final String name;
    private final String policy;

    /**
     * @param name of the policy
     */
    RateLimitFields(String name, TokenBuckets.Rate rate) {
        this.name = name;
        this.policy = '"' + name + "\";q=" + rate.burst() + ";w=" + rate.windowSeconds();
    }

    void add(ServerResponse response, Taken taken) {
        response.headers().add(POLICY, policy);
        response.headers()
                .add(
                        LIMIT,
                        '"'
                                + name
                                + "\";r="
                                + taken.remaining()
                                + ";t="
                                + seconds(taken.untilFull()));
    }

    private static long seconds(Duration duration) {
        return duration.plusSeconds(1).minusNanos(1).toSeconds();
    }
}
