package io.logpipeline.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One connection to one server that comes up when the server does, and again after it was lost. */
final class ServerLink implements RedisLink {
    private final Connector connector;
    private final RedisURI uri;
    private final boolean alone;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch connectedOnce = new CountDownLatch(1);
    private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;
    private volatile String connectProblem = RedisFailure.NOT_TRIED;

    private ServerLink(Connector connector, RedisURI uri, boolean alone) {
        this.connector = connector;
        this.uri = uri;
        this.alone = alone;
    }

    /** To the one server there is; closes the connector with itself. */
    static ServerLink alone(Connector connector) {
        return new ServerLink(connector, connector.named().getFirst(), true).connecting();
    }

    /** To one of several servers. */
    static ServerLink among(Connector connector, NodeAddress node) {
        return new ServerLink(connector, connector.at(node), false).connecting();
    }

    private ServerLink connecting() {
        Thread.ofVirtual().name("redis-connect").start(this::connect);
        return this;
    }

    @Override
    public boolean awaitConnected(Duration limit) throws InterruptedException {
        return connectedOnce.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
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
        Duration delay = Connector.RECONNECT_MIN;
        try {
            while (closed.getCount() > 0) {
                try {
                    connected(connector.connect(uri));
                    return;
                } catch (RuntimeException unreachable) {
                    // RedisWatch tells of it, once.
                    connectProblem = rootMessage(unreachable);
                    Duration longer = delay.multipliedBy(2);
                    delay =
                            longer.compareTo(Connector.RECONNECT_MAX) < 0
                                    ? longer
                                    : Connector.RECONNECT_MAX;
                }
                if (closed.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void connected(StatefulRedisConnection<String, byte[]> made) {
        connection = made;
        connectedOnce.countDown();
        if (closed.getCount() == 0) {
            var unused = made.closeAsync();
        }
    }

    /** Why it has no connection. */
    String connectProblem() {
        return connectProblem;
    }

    /** Whether it had a connection, now or before. */
    boolean wasConnected() {
        return connectedOnce.getCount() == 0;
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
        return connector.timeout();
    }

    @Override
    public Topology topology() {
        return Topology.ONE_SERVER;
    }

    @Override
    public CompletionStage<Reply> run(
            Script script, List<String> keys, List<byte[]> arguments, Durability durability) {
        return run(script, keys, arguments, durability, false);
    }

    /**
     * The same.
     *
     * @param asking whether the keys' slot is on its way to this node, and the node that has it
     *     still said to ask here
     */
    CompletionStage<Reply> run(
            Script script,
            List<String> keys,
            List<byte[]> arguments,
            Durability durability,
            boolean asking) {
        ScriptCall call = new ScriptCall(keys, arguments, durability, confirmTimeout(), asking);
        // A script that the server does not know has not run: sending its source is the first time.
        return call(now ->
                call.send(now, CommandType.EVALSHA, script.digest())
                        .exceptionallyCompose(thrown ->
                                unknownScript(thrown)
                                        ? call.send(now, CommandType.EVAL, script.source())
                                        : CompletableFuture.failedStage(thrown))
                        .thenApply(Reply::new));
    }

    @Override
    public CompletionStage<BatchElements> readBatch(String list, int elementsMax) {
        return readBatch(new BatchRead(list, elementsMax, false));
    }

    CompletionStage<BatchElements> readBatch(BatchRead read) {
        return call(read::send);
    }

    /** So that the second of two calls, which waits for the first one's end, ends in time too. */
    private Duration confirmTimeout() {
        return connector.timeout().dividedBy(3);
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
    public CompletionStage<List<String>> info() {
        return call(now -> now.async().info().thenApply(List::of));
    }

    @Override
    public CompletionStage<AofRewrites> rewriteAof(boolean again) {
        return call(now ->
                now.async()
                        .info("persistence")
                        .thenCompose(text -> rewriteAof(now, AppendOnlyFile.of(text), again)));
    }

    private static CompletionStage<AofRewrites> rewriteAof(
            StatefulRedisConnection<String, byte[]> connection,
            AppendOnlyFile file,
            boolean again) {
        AofRewrites found = new AofRewrites(file.isDue() ? 1 : 0, file.isStuck() ? 1 : 0);
        return file.isDue() || again && file.isDueAgain()
                ? connection.async().bgrewriteaof().thenApply(begun -> found)
                : CompletableFuture.completedStage(found);
    }

    /** Which slots are where, in the view of this node. */
    CompletionStage<SlotTable> slots() {
        return call(now ->
                now.async()
                        .clusterSlots()
                        .thenApply(ranges -> SlotTable.of(ranges, uri.getHost())));
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
                        RedisFailure failure = RedisFailure.of(thrown);
                        if (failure.condemnsConnection()) {
                            giveUp(now);
                        }
                        return CompletableFuture.failedStage(failure);
                    });
        } catch (RuntimeException thrown) {
            return CompletableFuture.failedStage(RedisFailure.of(thrown));
        }
    }

    @Override
    public void close() {
        connectNoMore();
        if (alone) {
            connector.close();
            return;
        }
        StatefulRedisConnection<String, byte[]> now = connection;
        if (now != null) {
            var unused = now.closeAsync();
        }
    }

    /** The connector is about to close all connections. */
    void connectNoMore() {
        closed.countDown();
    }
}
