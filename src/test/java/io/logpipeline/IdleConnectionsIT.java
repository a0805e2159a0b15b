package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.ProcessFiles;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many connections as the limits allow, all of which have sent a request and wait. */
class IdleConnectionsIT {
    private static final int CONNECTIONS_MAX = 10_000;
    private static final int CONNECTIONS_MIN = 2_000;
    private static final int OTHER_FILES = 1_000;
    private static final int POSTS = 200;
    private static final int AT_ONCE = 500;
    private static final long RESIDENT_BYTES_MAX = 700L << 20;

    @TempDir private Path directory;

    private static byte[] request(int sequence) {
        String body = Numbered.line("idle", sequence);
        return ("POST /log HTTP/1.1\r\nHost: a\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void send(SocketChannel channel, int sequence) throws IOException {
        channel.write(ByteBuffer.wrap(request(sequence)));
    }

    private static void receive(SocketChannel channel) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(1_024);
        assertThat(channel.read(answer)).isPositive();
        String head = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
        assertThat(head).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    }

    @Test
    void othersAreServedMeanwhileAndNothingIsLeftWhenTheyClose() throws Exception {
        int count = (int) Math.min(CONNECTIONS_MAX, ProcessFiles.openFilesLimit() - OTHER_FILES);
        assertThat(count)
                .as("connections that the limit allows")
                .isGreaterThanOrEqualTo(CONNECTIONS_MIN);
        List<SocketChannel> idle = new ArrayList<>(count);
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api =
                        PipelineProcess.of(directory, "api")
                                .redis(redis.url())
                                .with("REDIS_TIMEOUT_MS", "20000")
                                .cold()
                                .jvmOption("-Xmx480m")
                                .startReady()) {
            int filesBefore = ProcessFiles.openFiles(api.pid());
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", api.port());
            try {
                for (int i = 0; i < count; i += AT_ONCE) {
                    int end = Math.min(count, i + AT_ONCE);
                    while (idle.size() < end) {
                        SocketChannel channel = SocketChannel.open(address);
                        send(channel, idle.size());
                        idle.add(channel);
                    }
                    for (SocketChannel channel : idle.subList(i, end)) {
                        receive(channel);
                    }
                }
                assertThat(ProcessFiles.openFiles(api.pid())).isGreaterThan(count);
                for (int i = 0; i < POSTS; i++) {
                    assertThat(api.post(Numbered.line("busy", i)).statusCode()).isEqualTo(200);
                }
                // They are still good.
                for (int i = 0; i < count; i += 100) {
                    send(idle.get(i), count + i);
                    receive(idle.get(i));
                }
                long resident = ProcessFiles.residentBytes(api.pid());
                System.out.println(
                        count + " idle connections, resident " + (resident >> 20) + " MiB");
                assertThat(resident).isLessThan(RESIDENT_BYTES_MAX);
            } finally {
                for (SocketChannel channel : idle) {
                    channel.close();
                }
            }
            Await.until(
                    "their files are closed",
                    () -> ProcessFiles.openFiles(api.pid()) <= filesBefore + 10);
            long stored = redis.with(commands -> commands.llen(Numbered.list("idle")));
            assertThat(stored).isEqualTo(count + (count + 99) / 100);
            assertThat(api.output()).doesNotContain("OutOfMemory");
        }
    }
}
