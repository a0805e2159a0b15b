package io.logpipeline.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.logpipeline.testing.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client that does not take its answers holds nothing that others wait for. */
class UnreadAnswersTest {
    private static final byte[] INVALID =
            "POST /log HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final int UNREAD_BYTES = 4096;

    @Test
    void norAPlaceAmongTheConcurrentRequests() throws Exception {
        FixedLimit one = FixedLimit.builder().permits(1).build();
        try (ApiServer server = new ApiServer(new Admission(List.of(), null, one));
                Socket client = new Socket()) {
            client.setReceiveBufferSize(UNREAD_BYTES);
            client.connect(new InetSocketAddress("127.0.0.1", server.port()));
            Thread writer = Thread.ofPlatform().start(() -> writeUntilItFails(client));
            Await.until("the server waits for the client", () -> standsStill(server));

            assertThat(server.post(ApiServer.EVENT).statusCode()).isEqualTo(200);

            client.close();
            writer.join();
        }
    }

    private static void writeUntilItFails(Socket client) {
        try {
            while (true) {
                client.getOutputStream().write(INVALID);
            }
        } catch (IOException closed) {
            // By the test.
        }
    }

    private static boolean standsStill(ApiServer server) throws InterruptedException {
        int before = server.telemetry.outcomes().size();
        Thread.sleep(500);
        return before > 0 && server.telemetry.outcomes().size() == before;
    }
}
