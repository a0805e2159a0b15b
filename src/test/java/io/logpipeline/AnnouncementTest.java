package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.Relay;
import io.logpipeline.testing.RespFrame;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By which way a list that begins is made known to drainers. */
class AnnouncementTest {
    private static final String EVENT = "{\"user_id\":\"a\",\"event\":\"x\",\"timestamp\":1}";

    @TempDir private Path directory;

    /** Lets through who says by its name that it pushes; ends others. */
    private static final class PushesOnly extends Relay {
        PushesOnly(int targetPort) throws IOException {
            super(targetPort);
        }

        @Override
        protected Passage passage() {
            return new Passage() {
                @Override
                public void forward(InputStream client, OutputStream server) throws IOException {
                    InputStream in = new BufferedInputStream(client);
                    RespFrame command = RespFrame.read(in);
                    while (!command.text().contains("SETNAME")) {
                        server.write(command.bytes());
                        command = RespFrame.read(in);
                    }
                    if (command.text().contains("log-pipeline-api-push\r\n")) {
                        server.write(command.bytes());
                        in.transferTo(server);
                    }
                }
            };
        }
    }

    @Test
    void aListIsMadeKnownThoughOnlyTheConnectionThatPushesIsUp() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                PushesOnly relay = new PushesOnly(redis.port());
                StartedPipeline api = StartedPipeline.with(relay.url()).start(directory)) {
            assertThat(api.post(EVENT).statusCode()).isEqualTo(200);

            Await.until(
                    "it is made known",
                    () -> redis.with(commands -> commands.xlen("logs:pending")) == 1);
        }
    }
}
