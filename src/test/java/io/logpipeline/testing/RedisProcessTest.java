package io.logpipeline.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class RedisProcessTest {
    @Test
    void aServerThatEndsIsNotWaitedFor() throws IOException {
        try (RedisProcess redis = RedisProcess.start()) {
            redis.kill();
            try (Socket taken = new Socket()) {
                // As an outgoing connection has it: nobody listens, and no server may.
                taken.setReuseAddress(true);
                taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));
                taken.setReuseAddress(false);
                assertThatThrownBy(redis::restart)
                        .hasMessageContaining("Failed listening on port " + redis.port());
            }
        }
    }
}
