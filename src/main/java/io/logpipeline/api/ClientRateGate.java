package io.logpipeline.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.logpipeline.access.TokenBuckets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the requests of each client address. Behind a proxy that is the proxy's: what a request
 * says of others it came through, anybody can write.
 */
public final class ClientRateGate implements Gate {
    /** Of an IPv6 address, what a provider gives to one customer: the rest is the customer's. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private final TokenBuckets buckets;
    private final RateLimitFields fields;

    public ClientRateGate(TokenBuckets buckets) {
        this.buckets = buckets;
        this.fields = new RateLimitFields("client", buckets.rate());
    }

    @Override
    public @Nullable Refusal refusal(ServerRequest request, ServerResponse response) {
        TokenBuckets.Taken taken = buckets.take(client(request.remotePeer().address()), 1);
        fields.add(response, taken);
        return taken.granted()
                ? null
                : new Refusal.RateLimited(
                        "too many requests of this client address", taken.retryAfter());
    }

    static String client(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet) || internet.isUnresolved()) {
            return "local";
        }
        InetAddress ip = internet.getAddress();
        byte[] bytes = ip.getAddress();
        byte[] network =
                bytes.length > IPV6_NETWORK_BYTES
                        ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES)
                        : bytes;
        return new String(network, StandardCharsets.ISO_8859_1);
    }
}
