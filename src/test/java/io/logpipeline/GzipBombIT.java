package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RawConnection;
import io.logpipeline.testing.RawConnection.Answer;
import io.logpipeline.testing.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are small on the wire and enormous inflated, and many large ones at once. */
class GzipBombIT {
    private static final int BLOCK_BYTES = 16 << 20;
    private static final int BLOCKS = 640;
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    @TempDir private Path directory;

    /** Ten gibibytes of the character after the opening, in about ten mebibytes. */
    private static byte[] bomb(String opening, char filling) {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes(GZIP_HEADER);
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        bomb.writeBytes(deflated(deflater, opening.getBytes(StandardCharsets.US_ASCII)));
        byte[] block = new byte[BLOCK_BYTES];
        Arrays.fill(block, (byte) filling);
        // After a full flush the next block depends on nothing before it: one serves for all.
        byte[] small = deflated(deflater, block);
        deflater.end();
        for (int i = 0; i < BLOCKS; i++) {
            bomb.writeBytes(small);
        }
        assertThat(bomb.size()).isLessThan(11 << 20);
        return bomb.toByteArray();
    }

    private static byte[] deflated(Deflater deflater, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        deflater.setInput(bytes);
        int count = deflater.deflate(buffer, 0, buffer.length, Deflater.FULL_FLUSH);
        while (count > 0) {
            out.write(buffer, 0, count);
            count = deflater.deflate(buffer, 0, buffer.length, Deflater.FULL_FLUSH);
        }
        return out.toByteArray();
    }

    private static List<Answer> post(int port, String contentType, byte[] gzip) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            try {
                connection.send(
                        "POST /log HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Type: "
                                + contentType
                                + "\r\nContent-Length: "
                                + gzip.length
                                + "\r\n\r\n");
                connection.send(gzip);
            } catch (SocketException closedAlready) {
                return connection.readAll();
            }
            return connection.readAll();
        }
    }

    @Test
    void aBombIsRefusedAtOnceInLittleMemory() throws Exception {
        byte[] object = bomb("{\"user_id\":\"a\",", ' ');
        byte[] lines = bomb("", '\n');
        byte[] array = bomb("[", ' ');
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api = small(redis).startReady();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            List<Future<List<Answer>>> answers = new ArrayList<>();
            answers.add(clients.submit(() -> post(api.port(), "application/json", object)));
            answers.add(clients.submit(() -> post(api.port(), "application/x-ndjson", lines)));
            answers.add(clients.submit(() -> post(api.port(), "application/json", array)));
            for (Future<List<Answer>> each : answers) {
                assertThat(each.get())
                        .singleElement()
                        .satisfies(answer ->
                                assertThat(answer.assertInShape().status()).isEqualTo(413));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
            assertWell(api);
        }
    }

    private PipelineProcess.Builder small(RedisProcess redis) {
        return PipelineProcess.of(directory, "api").redis(redis.url()).jvmOption("-Xmx128m");
    }

    private static void assertWell(PipelineProcess api) {
        assertThat(api.post(Numbered.line("after", 1)).statusCode()).isEqualTo(200);
        assertThat(api.output()).doesNotContain("OutOfMemory");
        assertThat(api.isAlive()).isTrue();
    }
}
