package io.logpipeline.bench;

import io.logpipeline.testing.HttpProducer;
import java.io.IOException;

/** Posts events: one keep-alive connection a thread, one request after the other. */
final class HttpSenders implements Senders {
    private static final int TIMEOUT_MS = 60_000;

    private final int port;
    private final Bodies bodies;

    /** Makes the body of a request. */
    interface Bodies {
        byte[] of(long from, int count);
    }

    HttpSenders(int port, Bodies bodies) {
        this.port = port;
        this.bodies = bodies;
    }

    @Override
    public Sender open() throws IOException {
        HttpProducer connection = new HttpProducer(port, TIMEOUT_MS);
        return new Sender() {
            @Override
            public void send(long from, int count) throws IOException {
                int status = connection.post("application/json", bodies.of(from, count));
                if (status != 200) {
                    throw new IOException("port " + port + " answered " + status);
                }
            }

            @Override
            public void close() throws IOException {
                connection.close();
            }
        };
    }
}
