package io.logpipeline.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A link of ours that is connected, and beside it a plain connection to look and meddle with. */
public final class ConnectedRedis implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final RedisLink link;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    private ConnectedRedis(String url, Duration timeout) {
        client = RedisClient.create(RedisURI.create(url));
        connection = client.connect();
        link = RedisLink.open(url, "test", timeout);
        Await.until(
                "the link is connected",
                () -> !link.info().toCompletableFuture().get(1, TimeUnit.SECONDS).isEmpty());
    }

    /** Connected to a server. */
    public static ConnectedRedis to(String url) {
        return new ConnectedRedis(url, TIMEOUT);
    }

    /** Connected to a server, with a time-out of its own for the link. */
    public static ConnectedRedis to(String url, Duration timeout) {
        return new ConnectedRedis(url, timeout);
    }

    /** The link of ours. */
    public RedisLink link() {
        return link;
    }

    /** The plain connection. */
    public RedisCommands<String, String> server() {
        return connection.sync();
    }

    /** A whole list. */
    public List<String> list(String key) {
        return server().lrange(key, 0, -1);
    }

    /**
     * Forgets everything, also what is still on its way from the link: notifications that nobody
     * waits for would turn up in the next test.
     */
    public void flushAll() throws RedisFailure, InterruptedException {
        link.await(link.info());
        server().flushall();
    }

    /** Holds back every write, of whatever client, until {@link #unpauseWrites}. */
    public void pauseWrites() {
        client("PAUSE", "60000", "WRITE");
    }

    /** Lets writes through again. */
    public void unpauseWrites() {
        client("UNPAUSE");
    }

    private void client(String... words) {
        CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
        for (String word : words) {
            arguments.add(word);
        }
        server().dispatch(CommandType.CLIENT, new StatusOutput<>(StringCodec.UTF8), arguments);
    }

    @Override
    public void close() {
        link.close();
        ClientEnd.of(client);
    }
}
