package io.logpipeline.api;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection's context whose reads and writes are timed, and whose unparsed bytes are bounded.
 */
final class TimedContext implements ConnectionContext {
    /** How often the unparsed bytes are counted, which takes a walk over them. */
    private static final int COUNT_EVERY_BYTES = 1 << 20;

    private final ConnectionContext context;
    private final ClientWait wait;
    private final int heldBytesMax;
    private final BodyMemory.Share memory;
    private final DataReader reader;
    private final DataWriter writer;
    private BooleanSupplier readsFirstLine = () -> true;
    private int uncounted;

    /** Of this request, or, where others came with it, since the answer before it. */
    private long pulled;

    /** There was no room for this request's body: what still comes of it is let go of at once. */
    private boolean refused;

    /** What came when it was refused, for whoever takes in the rest. */
    private byte @Nullable [] heldBack;

    TimedContext(
            ConnectionContext context, ClientWait wait, int heldBytesMax, BodyMemory.Share memory) {
        this.memory = memory;
        this.context = context;
        this.wait = wait;
        this.heldBytesMax = heldBytesMax;
        this.reader = new StrictReader(this::pull, () -> readsFirstLine.getAsBoolean());
        this.writer = new TimedWriter(context.dataWriter(), wait, this::answers);
    }

    ClientWait clientWait() {
        return wait;
    }

    void releaseMemory() {
        memory.close();
    }

    /** Says how to ask the connection whether it is between two requests. */
    void readsFirstLine(BooleanSupplier question) {
        readsFirstLine = question;
    }

    /** What came is dealt with. A client that does not take its answer holds nothing of it. */
    private void answers() {
        pulled = 0;
        memory.close();
    }

    private byte[] pull() {
        byte[] kept = heldBack;
        if (kept != null) {
            heldBack = null;
            return kept;
        }
        boolean firstLine = readsFirstLine.getAsBoolean();
        if (firstLine) {
            pulled = 0;
            refused = false;
            memory.close();
        }
        wait.reads(firstLine);
        byte[] bytes;
        try {
            bytes = context.serverSocket().get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("the connection failed", e);
        } finally {
            wait.hasRead();
        }
        if (bytes == null) {
            // The server would take an end in the middle of the head for a defect of its own.
            throw new CloseConnectionException("the client left");
        }
        pulled += bytes.length;
        if (!refused && !memory.covers(Math.min(pulled, heldBytesMax))) {
            refused = true;
            heldBack = bytes;
            memory.close();
            throw RequestException.builder()
                    .type(DirectHandler.EventType.OTHER)
                    .status(Status.SERVICE_UNAVAILABLE_503)
                    .setKeepAlive(false)
                    .message("no memory for the body")
                    .build();
        }
        uncounted += bytes.length;
        if (uncounted >= COUNT_EVERY_BYTES) {
            uncounted = 0;
            // The server reads a line to its end, however far that is.
            if (reader.available() > heldBytesMax) {
                throw new CloseConnectionException("a line or chunk does not end");
            }
        }
        return bytes;
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    @Override
    public ListenerContext listenerContext() {
        return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return context.executor();
    }

    @Override
    public Router router() {
        return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return context.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return context.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
        return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return context.localPeer();
    }

    @Override
    public boolean isSecure() {
        return context.isSecure();
    }

    @Override
    public String socketId() {
        return context.socketId();
    }

    @Override
    public String childSocketId() {
        return context.childSocketId();
    }

    private record TimedWriter(DataWriter writer, ClientWait client, Runnable before)
            implements DataWriter {
        @Override
        public void write(BufferData... buffers) {
            timed(() -> writer.write(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            timed(() -> writer.write(buffer));
        }

        @Override
        public void writeNow(BufferData... buffers) {
            timed(() -> writer.writeNow(buffers));
        }

        @Override
        public void writeNow(BufferData buffer) {
            timed(() -> writer.writeNow(buffer));
        }

        @Override
        public void flush() {
            timed(writer::flush);
        }

        @Override
        public void close() {
            writer.close();
        }

        private void timed(Runnable write) {
            before.run();
            client.writes();
            try {
                write.run();
            } finally {
                client.hasWritten();
            }
        }
    }
}
