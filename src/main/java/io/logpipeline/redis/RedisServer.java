package io.logpipeline.redis;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Redis is, and what it takes to be let in.
 *
 * @param url {@code redis://}, {@code rediss://}, {@code redis-sentinel://} or {@code
 *     rediss-sentinel://}, with user and password where needed, for the Sentinels themselves as
 *     {@link SentinelLogin} says; several of a cluster's nodes as {@code redis://a:6379,b:6379}
 * @param authority PEM certificates that may have signed the server's; without it, those that the
 *     JVM trusts
 * @param certificate the PEM certificate shown to the server, with {@code privateKey}
 */
public record RedisServer(
        String url,
        Optional<byte[]> authority,
        Optional<byte[]> certificate,
        Optional<byte[]> privateKey) {
    /** Scheme, user and password, hosts, and what comes behind them. */
    private static final Pattern NODES = Pattern.compile("(rediss?://(?:[^/?]*@)?)([^/?@]*)(.*)");

    /** One that needs no more than its URL. */
    public static RedisServer at(String url) {
        return new RedisServer(url, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Checks all that can be checked without a connection.
     *
     * @throws IllegalArgumentException when the URL is none
     * @throws IllegalStateException when something of it is of no use; the message may be shown
     */
    public void validate() {
        RedisURI uri = nodes().getFirst();
        UrlParameters.refuseUnknown(url);
        if (topology() == Topology.CLUSTER && uri.getDatabase() != 0) {
            throw new IllegalStateException("redis.url: a cluster has no database but 0");
        }
        boolean anyPem = authority.isPresent() || certificate.isPresent();
        if (anyPem && !uri.isSsl()) {
            throw new IllegalStateException(
                    "redis.tls_*: only a rediss:// or rediss-sentinel:// URL uses TLS");
        }
        if (!uri.isSsl()) {
            return;
        }
        try {
            var unused = sslOptions().createSslContextBuilder().build();
        } catch (Exception unreadable) {
            throw new IllegalStateException(
                    "redis.tls_*: a file holds no certificate or key in PEM", unreadable);
        }
    }

    /** Several nodes are a cluster's; several Sentinels stand before one server. */
    Topology topology() {
        return nodes().size() == 1 ? Topology.ONE_SERVER : Topology.CLUSTER;
    }

    /** What the URL names, each to be let into in the same way. */
    List<RedisURI> nodes() {
        Optional<RedisCredentialsProvider> login = SentinelLogin.in(url);
        String rest = SentinelLogin.cutFrom(url);
        Matcher named = NODES.matcher(rest);
        if (!named.matches()) {
            RedisURI uri = RedisURI.create(rest);
            uri.getSentinels().forEach(each -> login.ifPresent(each::setCredentialsProvider));
            return List.of(uri);
        }
        return Arrays.stream(named.group(2).split(",", -1))
                .map(host -> RedisURI.create(named.group(1) + host + named.group(3)))
                .toList();
    }

    SslOptions sslOptions() {
        SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
        authority.ifPresent(pem -> options.trustManager(resource(pem)));
        if (certificate.isPresent() && privateKey.isPresent()) {
            options.keyManager(
                    resource(certificate.get()), resource(privateKey.get()), new char[0]);
        }
        return options.build();
    }

    private static SslOptions.Resource resource(byte[] pem) {
        return () -> new ByteArrayInputStream(pem);
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "RedisServer";
    }
}
