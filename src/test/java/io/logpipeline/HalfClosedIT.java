package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RawConnection;
import io.logpipeline.testing.RawConnection.Answer;
import io.logpipeline.testing.RedisProcess;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that say "nothing more comes", or break off, at every place of a request. */
class HalfClosedIT {
    private static final String HEAD = "POST /log HTTP/1.1\r\nHost: a\r\n";

    @TempDir private static Path directory;
    private static RedisProcess redis;
    private static PipelineProcess api;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        api = PipelineProcess.of(directory, "api").redis(redis.url()).startReady();
    }

    @AfterAll
    static void stop() {
        api.close();
        redis.close();
    }

    private static String sized(String body) {
        return HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String chunked(String body) {
        int half = body.length() / 2;
        return HEAD
                + "Transfer-Encoding: chunked\r\n\r\n"
                + chunk(body.substring(0, half))
                + chunk(body.substring(half))
                + chunk("");
    }

    private static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    private static List<String> stored(String user) {
        return redis.with(commands -> commands.lrange(Numbered.list(user), 0, -1));
    }

    /** Sends it and nothing more, and returns what comes until the server closes. */
    private static List<Answer> sendAndFinish(String bytes) throws IOException {
        try (RawConnection connection = new RawConnection(api.port())) {
            try {
                connection.send(bytes);
                connection.finish();
            } catch (SocketException closedAlready) {
                return connection.readAll();
            }
            return connection.readAll();
        }
    }

    private static void assertWell() {
        assertThat(api.post(Numbered.line("well", 1)).statusCode()).isEqualTo(200);
        assertThat(api.output()).doesNotContain("Exception", "WARNING");
    }

    @Test
    void aWholeRequestIsAnsweredThoughItsSenderHasFinished() throws Exception {
        String event = Numbered.line("finished", 1);

        for (String request : List.of(sized(event), chunked(event))) {
            assertThat(sendAndFinish(request))
                    .singleElement()
                    .satisfies(answer -> assertThat(answer.status()).isEqualTo(200));
        }
        assertThat(stored("finished")).containsExactly(event, event);
    }

    @Test
    void allThatWasSentInARowIsAnsweredInItsOrderThoughTheSenderHasFinished() throws Exception {
        List<String> events =
                IntStream.range(0, 50).mapToObj(i -> Numbered.line("row", i)).toList();
        StringBuilder requests = new StringBuilder();
        for (String event : events) {
            requests.append(sized(event)).append(sized("{}")).append(chunked(event));
        }

        List<Answer> answers = sendAndFinish(requests.toString());

        assertThat(answers).hasSize(150);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).assertInShape().status()).isEqualTo(i % 3 == 1 ? 400 : 200);
        }
        assertThat(stored("row"))
                .isEqualTo(
                        events.stream().flatMap(event -> List.of(event, event).stream()).toList());
    }

    @Test
    void aRequestThatIsNotWholeIsNeverStoredWhereverItEnds() throws Exception {
        for (String request :
                List.of(
                        sized(Numbered.line("broken", 1)),
                        chunked(Numbered.line("broken", 1)),
                        sized("[" + Numbered.line("broken", 1) + "]"))) {
            for (int length = 0; length < request.length(); length++) {
                String part = request.substring(0, length);
                for (Answer answer : sendAndFinish(part)) {
                    assertThat(answer.assertInShape().status()).as(part).isBetween(400, 499);
                }
            }
        }
        assertThat(stored("broken")).isEmpty();
        assertWell();
    }

    @Test
    void whatFollowsABrokenRequestInARowIsNotReadAndWhatCameBeforeIsAnswered() throws Exception {
        String good = sized(Numbered.line("before", 1));
        String after = sized(Numbered.line("after", 1));
        for (String bad :
                List.of(
                        "nonsense\r\n\r\n",
                        "P@ST /log HTTP/1.1\r\nHost: a\r\n\r\n",
                        HEAD + "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
                        HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
                        HEAD + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                        HEAD + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        HEAD + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")) {
            List<Answer> answers = sendAndFinish(good + bad + after);

            assertThat(answers).as(bad).hasSize(2);
            assertThat(answers.getFirst().status()).isEqualTo(200);
            assertThat(answers.getLast().assertInShape().status()).as(bad).isIn(400, 501);
            assertThat(answers.getLast().closes()).as(bad).isTrue();
        }
        assertThat(stored("after")).isEmpty();
        assertWell();
    }
}
