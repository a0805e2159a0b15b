package io.logpipeline.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.io.ByteArrayInputStream;
import java.util.Optional;

/**
 * Where Redis is, and what it takes to be let in.
 *
 * @param url {@code redis://}, {@code rediss://} or {@code redis-sentinel://}, with user and
 *     password where needed
 * @param authority PEM certificates that may have signed the server's; without it, those that the
 *     JVM trusts
 * @param certificate the PEM certificate shown to the server, with {@code privateKey}
 */
public record RedisServer(
        String url,
        Optional<byte[]> authority,
        Optional<byte[]> certificate,
        Optional<byte[]> privateKey) {

    /** One that needs no more than its URL. */
    public static RedisServer at(String url) {
        return new RedisServer(url, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Checks all that can be checked without a connection.
     *
     * @throws IllegalArgumentException when the URL is none
     * @throws IllegalStateException when the PEM files are of no use; the message may be shown
     */
    public void validate() {
        RedisURI uri = RedisURI.create(url);
        boolean anyPem = authority.isPresent() || certificate.isPresent();
        if (anyPem && !uri.isSsl()) {
            throw new IllegalStateException("redis.tls_*: only a rediss:// URL uses TLS");
        }
        try {
            var unused = sslOptions().createSslContextBuilder().build();
        } catch (Exception unreadable) {
            throw new IllegalStateException(
                    "redis.tls_*: a file holds no certificate or key in PEM", unreadable);
        }
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
