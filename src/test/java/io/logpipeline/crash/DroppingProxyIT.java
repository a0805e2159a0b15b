package io.logpipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.faults.Moment;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a cut leaves done and what undone, on the wire. */
class DroppingProxyIT {
    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    /** Sends three commands at once; returns all that comes back before the end. */
    private static String sendThree(String key, Moment moment, int occurrence) throws IOException {
        try (DroppingProxy proxy = new DroppingProxy(redis.port());
                Socket client = new Socket("127.0.0.1", URI.create(proxy.url()).getPort())) {
            proxy.arm(
                    new DroppingProxy.Cut(
                            moment, text -> text.contains(key), reply -> true, occurrence));
            String command = "*2\r\n$4\r\nINCR\r\n$" + key.length() + "\r\n" + key + "\r\n";
            client.getOutputStream().write(command.repeat(3).getBytes(StandardCharsets.US_ASCII));
            StringBuilder replies = new StringBuilder();
            try {
                InputStream in = client.getInputStream();
                for (int b = in.read(); b >= 0; b = in.read()) {
                    replies.append((char) b);
                }
            } catch (SocketException reset) {
                // As good as an end.
            }
            assertThat(proxy.struck()).isTrue();
            return replies.toString();
        }
    }

    @Test
    void aCommandThatIsCutOffBeforeIsNotRunNorAnyLaterOne() throws IOException {
        assertThat(sendThree("before", Moment.BEFORE, 2)).doesNotContain(":2");
        assertThat(redis.<String>with(commands -> commands.get("before"))).isIn(null, "1");
    }

    @Test
    void aCommandThatIsCutOffAfterIsRunAndItsReplyLost() throws IOException {
        assertThat(sendThree("after", Moment.AFTER, 2)).doesNotContain(":2");
        assertThat(Integer.parseInt(redis.with(commands -> commands.get("after")))).isBetween(2, 3);
    }
}
