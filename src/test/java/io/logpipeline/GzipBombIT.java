package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RawConnection;
import io.logpipeline.testing.RawConnection.Answer;
import io.logpipeline.testing.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are small on the wire and enormous inflated, and many large ones at once. */
class GzipBombIT {
    private static final int BLOCK_BYTES = 16 << 20;
    private static final int BLOCKS = 640;
    private static final int LARGE_BODY_BYTES = 15 << 20;
    private static final int LARGE_BODIES = 12;
    private static final int SAMPLE_BLOCKS = BLOCKS / 16;
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

    private static void assertRefused(PipelineProcess api, String contentType, byte[] bomb)
            throws IOException {
        assertThat(post(api.port(), contentType, bomb))
                .singleElement()
                .satisfies(answer -> assertThat(answer.assertInShape().status()).isEqualTo(413));
    }

    /** What this machine's processor needs to inflate one of them to its end. */
    private static Duration toInflate(byte[] bomb) throws DataFormatException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long startNanos = threads.getCurrentThreadCpuTime();
        Inflater inflater = new Inflater(true);
        inflater.setInput(bomb, GZIP_HEADER.length, bomb.length - GZIP_HEADER.length);
        byte[] inflated = new byte[BLOCK_BYTES];
        while (inflater.getBytesWritten() < (long) SAMPLE_BLOCKS * BLOCK_BYTES) {
            assertThat(inflater.inflate(inflated)).isPositive();
        }
        inflater.end();
        return Duration.ofNanos(threads.getCurrentThreadCpuTime() - startNanos)
                .multipliedBy(BLOCKS / SAMPLE_BLOCKS);
    }

    private static Duration used(PipelineProcess api) {
        return ProcessHandle.of(api.pid()).orElseThrow().info().totalCpuDuration().orElseThrow();
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
    void bombsAreRefusedBeforeTheyAreInflatedInLittleMemory() throws Exception {
        byte[] object = bomb("{\"user_id\":\"a\",", ' ');
        byte[] lines = bomb("", '\n');
        byte[] array = bomb("[", ' ');
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api = small(redis).startReady()) {
            Duration before = used(api);
            assertRefused(api, "application/json", object);
            assertRefused(api, "application/x-ndjson", lines);
            assertRefused(api, "application/json", array);
            assertThat(used(api).minus(before)).as("of all three").isLessThan(toInflate(lines));
            assertWell(api);
        }
    }

    @Test
    void manyLargeBodiesAtOnceTakeTurns() throws Exception {
        String padding = " ".repeat(LARGE_BODY_BYTES);
        String line = Numbered.line("large", 1);
        byte[] plain = (line + "\n" + padding).getBytes(StandardCharsets.US_ASCII);
        String head = "POST /log HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n";
        String sized = head + "Content-Length: " + plain.length + "\r\n\r\n";
        String chunk =
                head
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(plain.length)
                        + "\r\n";
        try (RedisProcess redis = RedisProcess.start();
                PipelineProcess api = small(redis).startReady();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch held = new CountDownLatch(LARGE_BODIES);
            List<Future<List<Answer>>> answers = new ArrayList<>();
            for (int i = 0; i < LARGE_BODIES; i++) {
                boolean chunked = i % 2 == 0;
                answers.add(
                        clients.submit(() -> {
                            String first = chunked ? chunk : sized;
                            String last = chunked ? "\r\n0\r\n\r\n" : "";
                            return postHeld(api.port(), first, plain, last, held);
                        }));
            }
            int stored = 0;
            for (Future<List<Answer>> each : answers) {
                for (Answer answer : each.get()) {
                    assertThat(answer.assertInShape().status()).isIn(200, 503);
                    stored += answer.status() == 200 ? 1 : 0;
                }
            }
            System.out.println(stored + " of " + LARGE_BODIES + " large bodies at once are stored");
            assertThat(stored).isBetween(1, LARGE_BODIES - 1);
            assertWell(api);
            assertThat(postHeld(api.port(), sized, plain, "", new CountDownLatch(1)))
                    .singleElement()
                    .satisfies(answer -> assertThat(answer.status()).isEqualTo(200));
            long events = redis.with(commands -> commands.llen(Numbered.list("large")));
            assertThat(events).isEqualTo(stored + 1);
        }
    }

    /** Holds back the last byte until every client has come that far, or was refused. */
    private static List<Answer> postHeld(
            int port, String head, byte[] body, String end, CountDownLatch held) throws Exception {
        try (RawConnection connection = new RawConnection(port)) {
            try {
                connection.send(head);
                connection.send(Arrays.copyOf(body, body.length - 1));
                held.countDown();
                assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
                connection.send(" " + end);
            } catch (SocketException refused) {
                held.countDown();
            }
            connection.finishQuietly();
            return connection.readAll();
        }
    }

    private PipelineProcess.Builder small(RedisProcess redis) {
        return PipelineProcess.of(directory, "api")
                .redis(redis.url())
                .jvmOption("-Xmx128m")
                .jvmOption("-XX:+ExitOnOutOfMemoryError");
    }

    private static void assertWell(PipelineProcess api) {
        assertThat(api.post(Numbered.line("after", 1)).statusCode()).isEqualTo(200);
        assertThat(api.output()).doesNotContain("OutOfMemory");
        assertThat(api.isAlive()).isTrue();
    }
}
