package io.logpipeline;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.logpipeline.access.FileWatch;
import io.logpipeline.access.ServerTls;
import io.logpipeline.access.TokenBuckets;
import io.logpipeline.access.Tokens;
import io.logpipeline.access.UnusableFile;
import io.logpipeline.api.Admission;
import io.logpipeline.api.BearerGate;
import io.logpipeline.api.ClientRateGate;
import io.logpipeline.api.Gate;
import io.logpipeline.api.MemoryGate;
import io.logpipeline.api.UserRates;
import io.logpipeline.redis.MemoryWatermark;
import io.logpipeline.telemetry.MonotonicClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands before POST /log, by the settings: TLS, tokens, limits. */
final class Entrance implements AutoCloseable {
    private interface Opening<T> {
        FileWatch<T> open() throws UnusableFile;
    }

    private final Settings.Server server;
    private final MonotonicClock clock;
    private final Optional<FileWatch<ServerTls>> tls;
    private Optional<FileWatch<Tokens>> tokens = Optional.empty();

    /**
     * Reads the certificate that the settings name.
     *
     * @throws StartRefused when it can't be used
     */
    Entrance(Settings.Server server, MonotonicClock clock) {
        this.server = server;
        this.clock = clock;
        tls = server.tls().map(files -> usable(() -> ServerTls.in(files)));
    }

    private static <T> FileWatch<T> usable(Opening<T> opening) {
        try {
            return opening.open();
        } catch (UnusableFile unusable) {
            throw new StartRefused(String.valueOf(unusable.getMessage()));
        }
    }

    /** Has the listener speak TLS. */
    void prepare(ListenerConfig.BuilderBase<?, ?> listener) {
        if (tls.isPresent()) {
            // On the other kind of socket the server (Helidon 4.5) passes over all but the key: it
            // would ask no client for a certificate. And a handshake there has no time limit.
            listener.useNio(true);
            listener.tls(tls.get().now().tls());
        }
    }

    /** From now on changed files are taken up. */
    void keepUpToDate(WebServer web) {
        if (tls.isPresent()) {
            tls.get().onChange(fresh -> web.reloadTls(fresh.tls()));
            tls.get().start();
        }
        tokens.ifPresent(FileWatch::start);
    }

    /**
     * What POST /log asks of its requests; reads the tokens that the settings name.
     *
     * @throws StartRefused when they can't be used
     */
    Admission admission(MemoryWatermark memory) {
        tokens = server.tokensFile().map(path -> usable(() -> Tokens.in(path)));
        List<Gate> gates = new ArrayList<>();
        tokens.ifPresent(file -> gates.add(new BearerGate(file::now)));
        // After the token: a stranger must not use up the rate of an address that others share.
        server.limits()
                .clientRequests()
                .ifPresent(rate -> gates.add(new ClientRateGate(buckets(rate))));
        if (memory.isOn()) {
            gates.add(new MemoryGate(memory::isHigh));
        }
        return new Admission(List.copyOf(gates), users(), concurrency());
    }

    private @Nullable UserRates users() {
        Optional<TokenBuckets.Rate> rate = server.limits().userEvents();
        return rate.isPresent() ? new UserRates(buckets(rate.get())) : null;
    }

    private TokenBuckets buckets(TokenBuckets.Rate rate) {
        return new TokenBuckets(rate, server.limits().namesMax(), clock::nanoTime);
    }

    private @Nullable Limit concurrency() {
        Settings.Limits limits = server.limits();
        return limits.concurrentRequests().isEmpty()
                ? null
                : FixedLimit.builder()
                        .permits(limits.concurrentRequests().getAsInt())
                        .fair(true)
                        .queueLength(limits.queuedRequestsMax())
                        .queueTimeout(limits.queueTimeout())
                        .build();
    }

    @Override
    public void close() {
        tls.ifPresent(FileWatch::close);
        tokens.ifPresent(FileWatch::close);
    }
}
