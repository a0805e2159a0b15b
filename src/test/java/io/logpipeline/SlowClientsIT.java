package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.HttpProducer;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.ProcessFiles;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send, or take, next to nothing: the others are served, and they are cut off. */
class SlowClientsIT {
    private static final int CLIENTS = 200;
    private static final int UNREAD_ANSWERS = 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(4);
    private static final Duration SLACK = Duration.ofSeconds(30);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);
    private static final String HEAD = "POST /log HTTP/1.1\r\nHost: a\r\n";

    /**
     * How a client is slow.
     *
     * @param first what it sends at once
     * @param drip what it sends every second
     * @param answer the beginning of the only answer that may come
     * @param answers how often the answer it is given stands in what comes
     */
    private record Slow(String first, String drip, String answer, int answers) {}

    private static final Map<String, Slow> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("a first line", new Slow("P", "O", "HTTP/1.1 ", 0));
        KINDS.put("headers", new Slow(HEAD + "X: ", "y", "HTTP/1.1 ", 0));
        KINDS.put(
                "a body",
                new Slow(
                        HEAD + "Content-Length: 300\r\n\r\n" + Numbered.line("slow", 1),
                        " ",
                        "HTTP/1.1 ",
                        0));
        KINDS.put(
                "a chunk",
                new Slow(HEAD + "Transfer-Encoding: chunked\r\n\r\nff\r\n", " ", "HTTP/1.1 ", 0));
        KINDS.put(
                "a body that was asked for and never comes",
                new Slow(
                        HEAD + "Expect: 100-continue\r\nContent-Length: 300\r\n\r\n",
                        "",
                        "HTTP/1.1 100 ",
                        CLIENTS));
        KINDS.put(
                "the rest of a refused body",
                new Slow(
                        "PUT /log HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n{",
                        " ",
                        "HTTP/1.1 405 ",
                        CLIENTS));
    }

    @TempDir private static Path directory;
    private static RedisProcess redis;
    private static PipelineProcess api;
    private static int filesBefore;
    private final List<SocketChannel> channels = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        redis = RedisProcess.start();
        api =
                PipelineProcess.of(directory, "api")
                        .redis(redis.url())
                        // The load of this test makes Redis late on a busy machine.
                        .with("REDIS_TIMEOUT_MS", "20000")
                        .with("SERVER_BODY_TIMEOUT_SECONDS", Long.toString(TIMEOUT.toSeconds()))
                        .with(
                                "SERVER_IDLE_TIMEOUT_SECONDS",
                                Long.toString(IDLE_TIMEOUT.toSeconds()))
                        .startReady();
        filesBefore = ProcessFiles.openFiles(api.pid());
    }

    @AfterAll
    static void stop() {
        api.close();
        redis.close();
    }

    @AfterEach
    void closeAll() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
        channel.connect(new InetSocketAddress("127.0.0.1", api.port()));
        channel.configureBlocking(false);
        channels.add(channel);
        return channel;
    }

    private List<SocketChannel> connectAll(String first) throws IOException {
        List<SocketChannel> connected = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            SocketChannel channel = connect();
            write(channel, first);
            connected.add(channel);
        }
        return connected;
    }

    private static int write(SocketChannel channel, String latin1) throws IOException {
        return channel.write(ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Sends, and notes what came, until the server has closed the connection. */
    private static boolean isCutOff(SocketChannel channel, StringBuilder came, String drip) {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1_024);
        try {
            write(channel, drip);
            int count = channel.read(buffer);
            if (count > 0) {
                came.append(new String(buffer.array(), 0, count, StandardCharsets.ISO_8859_1));
            }
            if (count >= 0) {
                return false;
            }
            channel.close();
        } catch (IOException reset) {
            return true;
        }
        return true;
    }

    private static void assertOthersAreAnswered() throws IOException {
        try (HttpProducer other = new HttpProducer(api.port())) {
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                byte[] event = Numbered.line("quick", i).getBytes(StandardCharsets.US_ASCII);
                assertThat(other.post("application/json", event)).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(ANSWERED_WITHIN);
            }
        }
    }

    private static void assertNothingIsLeft() {
        // A few belong to the clients that are not slow.
        Await.until(
                "their files are closed",
                () -> ProcessFiles.openFiles(api.pid()) <= filesBefore + 10);
        assertThat(api.output()).doesNotContain("Exception", "WARNING");
    }

    @Test
    void whoeverSendsTooSlowlyIsCutOff() throws Exception {
        long start = System.nanoTime();
        Map<String, List<SocketChannel>> open = new LinkedHashMap<>();
        Map<String, StringBuilder> came = new LinkedHashMap<>();
        for (Map.Entry<String, Slow> kind : KINDS.entrySet()) {
            open.put(kind.getKey(), connectAll(kind.getValue().first()));
            came.put(kind.getKey(), new StringBuilder());
        }
        long connected = System.nanoTime();
        assertOthersAreAnswered();
        long[] sent = {0};
        Await.until(
                "all are cut off",
                TIMEOUT.plus(SLACK),
                () -> {
                    long seconds = Duration.ofNanos(System.nanoTime() - connected).toSeconds();
                    boolean drips = seconds > sent[0];
                    sent[0] = seconds;
                    open.forEach((kind, slow) -> {
                        String drip = drips ? KINDS.get(kind).drip() : "";
                        slow.removeIf(channel -> isCutOff(channel, came.get(kind), drip));
                    });
                    assertThat(open.values()).allMatch(List::isEmpty);
                    return true;
                });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(TIMEOUT);
        KINDS.forEach((kind, slow) ->
                assertThat(came.get(kind).toString().split(slow.answer(), -1))
                        .as(kind)
                        .hasSize(slow.answers() + 1));
        long stored = redis.with(commands -> commands.exists(Numbered.list("slow")));
        assertThat(stored).isZero();
        assertNothingIsLeft();
    }

    @Test
    void clientsThatDoNotReadTheirAnswersAreCutOff() throws Exception {
        connectAll("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(UNREAD_ANSWERS));
        assertOthersAreAnswered();
        assertNothingIsLeft();
        assertOthersAreAnswered();
        StringBuilder came = new StringBuilder();
        List<SocketChannel> open = new ArrayList<>(channels);
        Await.until(
                "what was on its way is read",
                () -> {
                    open.removeIf(channel -> isCutOff(channel, came, ""));
                    return open.isEmpty();
                });
        // Cut off amid their answers, not closed as idle after them.
        assertThat(came.toString().split("HTTP/1.1 200 ", -1))
                .hasSizeLessThan(CLIENTS * UNREAD_ANSWERS / 2);
    }

    @Test
    void idleConnectionsAreClosedAndBusyOnesAreNot() throws Exception {
        String request = HEAD + "Content-Length: 66\r\n\r\n" + Numbered.line("steady", 1);
        SocketChannel steady = connect();
        connectAll("");
        List<SocketChannel> open = new ArrayList<>(channels);
        open.remove(steady);
        StringBuilder came = new StringBuilder();
        StringBuilder answers = new StringBuilder();
        long start = System.nanoTime();
        int[] sent = {0};
        Await.until(
                "all are closed",
                IDLE_TIMEOUT.plus(SLACK),
                () -> {
                    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
                    if (seconds >= sent[0]) {
                        sent[0]++;
                        write(steady, request);
                    }
                    assertThat(isCutOff(steady, answers, "")).isFalse();
                    open.removeIf(channel -> isCutOff(channel, came, ""));
                    return open.isEmpty();
                });
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThan(IDLE_TIMEOUT.minusSeconds(1));
        assertThat(came.toString()).isEmpty();
        Await.until(
                "the steady one is answered to the end",
                () ->
                        !isCutOff(steady, answers, "")
                                && answers.toString().split("HTTP/1.1 200 ", -1).length
                                        == sent[0] + 1);
        assertNothingIsLeft();
    }
}
