package io.logpipeline.testing;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How tests end their clients of Redis. */
final class ClientEnd {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private ClientEnd() {}

    /** At once; its {@code shutdown()} may wait without an end, and has. */
    static void of(RedisClient client) {
        var unused =
                LettuceFutures.awaitAll(
                        PATIENCE, client.shutdownAsync(0, 0, TimeUnit.MILLISECONDS));
    }
}
