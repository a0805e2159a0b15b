package io.logpipeline.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis that comes up when Redis does, and again after it was lost.
 *
 * <p>Invariant: a command is sent at most once. Lettuce would send unanswered commands again after
 * a reconnect, which pushes twice; {@code REJECT_COMMANDS} fails them instead, and those that are
 * given to it while there is no connection.
 */
public final class RedisLink implements RedisCalls {
    private static final Duration RECONNECT_MIN = Duration.ofMillis(50);
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(1);
    private static final int UNANSWERED_COMMANDS_MAX = 32 * 1024;
    // Keys of ours are ASCII; a foreign one that a scan finds must come out as it went in.
    private static final RedisCodec<String, byte[]> CODEC =
            RedisCodec.of(new StringCodec(StandardCharsets.ISO_8859_1), ByteArrayCodec.INSTANCE);

    private final ClientResources resources;
    private final RedisClient client;
    private final Duration timeout;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch connectedOnce = new CountDownLatch(1);
    private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;
    private volatile String connectProblem = "not connected yet";

    private RedisLink(RedisServer server, String name, Duration timeout) {
        this.timeout = timeout;
        resources =
                DefaultClientResources.builder()
                        .reconnectDelay(
                                Delay.exponential(
                                        RECONNECT_MIN, RECONNECT_MAX, 2, TimeUnit.MILLISECONDS))
                        .build();
        RedisURI uri = RedisURI.create(server.url());
        uri.setTimeout(timeout);
        uri.setClientName(name);
        client = RedisClient.create(resources, uri);
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

    /** Returns without waiting for the connection. */
    public static RedisLink open(RedisServer server, String name, Duration timeout) {
        return new RedisLink(server, name, timeout).connecting();
    }

    /** The same, where nothing is needed but a URL. */
    public static RedisLink open(String url, String name, Duration timeout) {
        return open(RedisServer.at(url), name, timeout);
    }

    private RedisLink connecting() {
        Thread.ofVirtual().name("redis-connect").start(this::connect);
        return this;
    }

    /** Waits for the first connection; false when there is none within the limit. */
    public boolean awaitConnected(Duration limit) throws InterruptedException {
        return connectedOnce.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether a call would be sent. */
    public boolean isConnected() {
        StatefulRedisConnection<String, byte[]> now = connection;
        return now != null && now.isOpen();
    }

    /**
     * A connection that answers late, or that of a server that takes no writes, is closed and made
     * anew: what waits in its buffers ends here, and the name in the URL may lead to another server
     * by now.
     */
    private void giveUp(StatefulRedisConnection<String, byte[]> useless) {
        synchronized (this) {
            if (connection != useless || closed.getCount() == 0) {
                return;
            }
            connection = null;
        }
        connectProblem = "the connection was of no use; making another one";
        var unused = useless.closeAsync();
        connecting();
    }

    private void connect() {
        Duration delay = RECONNECT_MIN;
        try {
            while (closed.getCount() > 0) {
                try {
                    connection = client.connect(CODEC);
                    connectedOnce.countDown();
                    return;
                } catch (RuntimeException unreachable) {
                    // RedisWatch tells of it, once.
                    connectProblem = rootMessage(unreachable);
                    delay = delay.compareTo(RECONNECT_MAX) < 0 ? delay.multipliedBy(2) : delay;
                }
                if (closed.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        ScriptCall call = new ScriptCall(CODEC, keys, arguments, durability, confirmTimeout());
        // A script that the server does not know has not run: sending its source is the first time.
        return call(now ->
                call.send(now, CommandType.EVALSHA, script.digest())
                        .exceptionallyCompose(thrown ->
                                unknownScript(thrown)
                                        ? call.send(now, CommandType.EVAL, script.source())
                                        : CompletableFuture.failedStage(thrown))
                        .thenApply(Reply::new));
    }

    /** So that the second of two calls, which waits for the first one's end, ends in time too. */
    private Duration confirmTimeout() {
        return timeout.dividedBy(3);
    }

    private static boolean unknownScript(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        return cause instanceof RedisNoScriptException;
    }

    @Override
    public CompletionStage<ScanPage> scan(String cursor, String pattern, int count) {
        return call(now ->
                now.async()
                        .scan(ScanCursor.of(cursor), ScanArgs.Builder.matches(pattern).limit(count))
                        .thenApply(page -> new ScanPage(page.getCursor(), page.getKeys())));
    }

    @Override
    public CompletionStage<String> info() {
        return call(now -> now.async().info());
    }

    private <T> CompletionStage<T> call(
            Function<StatefulRedisConnection<String, byte[]>, CompletionStage<T>> send) {
        StatefulRedisConnection<String, byte[]> now = connection;
        if (now == null) {
            return CompletableFuture.failedStage(
                    new RedisFailure(RedisFailure.Kind.UNAVAILABLE, connectProblem));
        }
        try {
            return send.apply(now)
                    .exceptionallyCompose(thrown -> {
                        RedisFailure failure = failure(thrown);
                        if (failure.condemnsConnection()) {
                            giveUp(now);
                        }
                        return CompletableFuture.failedStage(failure);
                    });
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedStage(failure(thrown));
        }
    }

    private static RedisFailure failure(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        String message = String.valueOf(cause.getMessage());
        return switch (cause) {
            case RedisFailure unconfirmed -> unconfirmed;
            case RedisCommandTimeoutException late ->
                    new RedisFailure(RedisFailure.Kind.TIMED_OUT, message, late);
            case RedisCommandExecutionException refused ->
                    new RedisFailure(RedisFailure.Kind.REFUSED, message, refused);
            default -> new RedisFailure(RedisFailure.Kind.UNAVAILABLE, message, cause);
        };
    }

    @Override
    public void close() {
        closed.countDown();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
