package io.logpipeline.redis;

import java.time.Duration;

/** Connections to a Redis of whatever topology, which come up when it does, and again when lost. */
public sealed interface RedisLink extends RedisCalls permits ServerLink, ClusterLink {
    /** Returns without waiting for a connection. */
    static RedisLink open(RedisServer server, String name, Duration timeout) {
        Connector connector = new Connector(server, name, timeout);
        return switch (server.topology()) {
            case ONE_SERVER -> ServerLink.alone(connector);
            case CLUSTER -> new ClusterLink(connector);
        };
    }

    /** The same, where nothing is needed but a URL. */
    static RedisLink open(String url, String name, Duration timeout) {
        return open(RedisServer.at(url), name, timeout);
    }

    /** Waits for the first connection, of each master; false when the limit ends before. */
    boolean awaitConnected(Duration limit) throws InterruptedException;

    /** Whether a call would be sent; in a cluster, one at least. */
    boolean isConnected();
}
