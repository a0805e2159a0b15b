package io.logpipeline.api;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Cuts off clients that take too long: over sending a request, from its first byte to its last, and
 * over taking in what is sent to them.
 *
 * <p>The server's own limits (Helidon 4.5) know connections between two requests only, and those
 * not well enough; the socket's are for a single read: a client that sends a byte a second outlives
 * both.
 *
 * <p>Thread-safe.
 */
public final class ClientTimeouts implements AutoCloseable {
    private static final int LOOKS_PER_TIMEOUT = 8;
    private static final int SEND_BUFFER_BYTES = 64 * 1024;
    private static final Duration NEVER = Duration.ofDays(36_500);
    private static final Duration LOOK_PERIOD_MAX = Duration.ofSeconds(1);

    private final Duration body;
    private final Duration idle;
    private final int heldBytesMax;
    private final BodyMemory memory;
    private final OpenConnections open;
    private final Thread watch;
    private volatile boolean closed;

    /**
     * @param body to send a request, and to take in an answer; Redis' part is not in it
     * @param idle between the end of one request and the first line of the next
     * @param heldBytesMax how much a connection may send that is no complete element of HTTP: a
     *     line or a chunk without end is cut off there
     * @param memory what all bodies may take together
     * @param open which of them are open
     */
    public ClientTimeouts(
            Duration body,
            Duration idle,
            int heldBytesMax,
            BodyMemory memory,
            OpenConnections open) {
        this.memory = memory;
        this.open = open;
        this.body = body;
        this.idle = idle;
        this.heldBytesMax = heldBytesMax;
        this.watch = Thread.ofPlatform().daemon().name("client-timeouts").start(this::watch);
    }

    /** Puts a listener's connections under these limits. */
    public void prepare(ListenerConfig.BuilderBase<?, ?> listener) {
        // The other kind of socket holds two buffers of 8 KiB for each connection, this one: one.
        listener.useNio(false);
        // Else the kernel keeps megabytes for each client that does not read.
        listener.connectionOptions(options -> options.socketSendBufferSize(SEND_BUFFER_BYTES));
        listener.maxTcpConnections(open.max());
        listener.protocolsDiscoverServices(false);
        listener.addConnectionSelector(
                new Selector(
                        Http1ConnectionSelector.builder()
                                .config(Http1Config.create())
                                .upgraders(Map.of())
                                .build()));
        // The server's own (Helidon 4.5) interrupts a thread that may just have begun a request.
        listener.idleConnectionTimeout(NEVER);
    }

    private static Duration period(Duration timeout) {
        Duration part = timeout.dividedBy(LOOKS_PER_TIMEOUT);
        return part.compareTo(LOOK_PERIOD_MAX) < 0 ? part : LOOK_PERIOD_MAX;
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(this, period(body.compareTo(idle) < 0 ? body : idle).toNanos());
            open.cutIfOver(System.nanoTime());
            open.cutIdle(idle);
            open.makeRoom();
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watch);
    }

    private final class Selector implements ServerConnectionSelector {
        private final ServerConnectionSelector http;

        Selector(ServerConnectionSelector http) {
            this.http = http;
        }

        @Override
        public int bytesToIdentifyConnection() {
            return http.bytesToIdentifyConnection();
        }

        @Override
        public Support supports(BufferData request) {
            return http.supports(request);
        }

        @Override
        public Set<String> supportedApplicationProtocols() {
            return http.supportedApplicationProtocols();
        }

        /** Called by the thread that will handle the connection. */
        @Override
        public ServerConnection connection(ConnectionContext context) {
            ClientWait wait = new ClientWait(Thread.currentThread(), body);
            return new TimedConnection(
                    http, new TimedContext(context, wait, heldBytesMax, memory.share()), open);
        }
    }
}
