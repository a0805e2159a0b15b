package io.logpipeline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class RedisProcessTest {
    @Test
    void aServerWhosePortWasTakenBeforeItsFirstStartTakesAnother() throws IOException {
        try (RedisProcess redis = RedisProcess.notStarted();
                Socket taken = new Socket()) {
            int port = redis.port();
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            redis.restart();
            assertThat(redis.port()).isNotEqualTo(port);
            String answer = redis.with(server -> server.ping());
            assertThat(answer).isEqualTo("PONG");
        }
    }

    @Test
    void aServerWhosePortWasTakenIsNotWaitedFor() throws IOException {
        try (RedisProcess redis = RedisProcess.start()) {
            redis.kill();
            try (Socket taken = new Socket()) {
                // As an outgoing connection has it: nobody listens.
                taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));
                assertThatThrownBy(redis::restart).hasMessageContaining("port");
            }
        }
    }
}
