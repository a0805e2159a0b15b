package io.logpipeline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No two servers of tests that run at once are to meet on a port. */
class FreePortTest {
    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void aServerCanListenAgainAndAgain() throws IOException {
        int port = FreePort.next();
        for (int i = 0; i < 2; i++) {
            try (ServerSocket server = new ServerSocket(port)) {
                assertThat(server.getLocalPort()).isEqualTo(port);
            }
        }
    }

    @Test
    void nobodyElseIsGivenItBeforeOrAfterItsServerListens() throws IOException {
        int port = FreePort.next();
        assertIsTaken(port);
        try (ServerSocket server = new ServerSocket()) {
            server.bind(at(port));
            assertIsTaken(port);
        }
    }

    private static void assertIsTaken(int port) throws IOException {
        try (Socket another = new Socket()) {
            another.setReuseAddress(false);
            assertThatThrownBy(() -> another.bind(at(port))).isInstanceOf(BindException.class);
        }
    }

    @Test
    void eachCallGivesAnother() throws IOException {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(ports.add(FreePort.next())).isTrue();
        }
    }
}
