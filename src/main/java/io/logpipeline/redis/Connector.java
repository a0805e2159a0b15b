package io.logpipeline.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ConnectionFuture;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes connections, to whichever server of one Redis.
 *
 * <p>Invariant: a command is sent at most once. Lettuce would send unanswered commands again after
 * a reconnect, which pushes twice; {@code REJECT_COMMANDS} fails them instead, and those that are
 * given to it while there is no connection.
 */
final class Connector {
    static final Duration RECONNECT_MIN = Duration.ofMillis(50);
    static final Duration RECONNECT_MAX = Duration.ofSeconds(1);

    /** What has not ended by then ends with the process. */
    private static final Duration END_MAX = Duration.ofSeconds(3);

    private static final int UNANSWERED_COMMANDS_MAX = 32 * 1024;

    private final ClientResources resources;
    private final RedisClient client;
    private final List<RedisURI> named;
    private final Duration timeout;
    private boolean closed;

    /**
     * @param name of its connections in Redis' list of clients
     * @param timeout to connect, and of each command
     */
    Connector(RedisServer server, String name, Duration timeout) {
        this.timeout = timeout;
        resources =
                DefaultClientResources.builder()
                        .reconnectDelay(
                                Delay.exponential(
                                        RECONNECT_MIN, RECONNECT_MAX, 2, TimeUnit.MILLISECONDS))
                        .nettyCustomizer(new GatheredFlushes())
                        .build();
        named = server.nodes();
        for (RedisURI uri : named) {
            uri.setTimeout(timeout);
            uri.setClientName(name);
            // Else one that is silent holds up each connection for a minute.
            uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(timeout));
        }
        client = RedisClient.create(resources);
        client.setOptions(
                ClientOptions.builder()
                        .sslOptions(server.sslOptions())
                        .protocolVersion(ProtocolVersion.RESP2)
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .requestQueueSize(UNANSWERED_COMMANDS_MAX)
                        .timeoutOptions(TimeoutOptions.enabled(timeout))
                        .socketOptions(
                                SocketOptions.builder()
                                        .connectTimeout(timeout)
                                        .keepAlive(true)
                                        .build())
                        .build());
    }

    Duration timeout() {
        return timeout;
    }

    /** The servers that {@code redis.url} names. */
    List<RedisURI> named() {
        return named;
    }

    /** A server that is let into as those of {@code redis.url} are. */
    RedisURI at(NodeAddress node) {
        return RedisURI.builder(named.getFirst())
                .withHost(node.host())
                .withPort(node.port())
                .build();
    }

    /**
     * Waits for a connection, or throws what Lettuce throws.
     *
     * @throws CompletionException with the reason
     */
    StatefulRedisConnection<String, byte[]> connect(RedisURI uri) {
        return begin(uri).toCompletableFuture().join();
    }

    /** Not while the event loops end: they would complain of the channel that they are given. */
    private synchronized ConnectionFuture<StatefulRedisConnection<String, byte[]>> begin(
            RedisURI uri) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        return client.connectAsync(WireCodec.INSTANCE, uri);
    }

    /** Takes a step after a while, on a thread of its own, which no caller can block. */
    <T> CompletionStage<T> after(Duration pause, Supplier<CompletionStage<T>> step) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        var unused =
                resources
                        .eventExecutorGroup()
                        .schedule(
                                () -> over.complete(null), pause.toMillis(), TimeUnit.MILLISECONDS);
        return over.thenCompose(nothing -> step.get());
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        // Its shutdown() waits without an end, for a thread that is stuck too.
        var unused = LettuceFutures.awaitAll(END_MAX, client.shutdownAsync());
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
