package io.logpipeline.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Speaks TLS with clients that show a certificate, and hands on what they say to a plain port. */
public final class TlsProxy extends Relay {
    private final AtomicInteger refused = new AtomicInteger();

    /**
     * @param context with the proxy's certificate, and the authority of its clients'
     */
    public TlsProxy(SSLContext context, int targetPort) throws IOException {
        super(listener(context), targetPort);
    }

    private static ServerSocket listener(SSLContext context) throws IOException {
        SSLServerSocket listener =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setNeedClientAuth(true);
        return listener;
    }

    /** Handshakes that failed, on whichever side. */
    public int refused() {
        return refused.get();
    }

    @Override
    protected void greet(Socket client) throws IOException {
        try {
            ((SSLSocket) client).startHandshake();
        } catch (IOException failed) {
            refused.incrementAndGet();
            throw failed;
        }
    }

    @Override
    protected Passage passage() {
        return new Passage() {};
    }
}
