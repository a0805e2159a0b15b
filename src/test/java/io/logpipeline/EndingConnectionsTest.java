package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.RawConnection;
import io.logpipeline.testing.RawConnection.Answer;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that clients keep, while the server stops. */
class EndingConnectionsTest {
    private static final String HEAD =
            "POST /log HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ";

    @TempDir private Path directory;

    private RedisProcess redis;
    private StartedPipeline api;

    @BeforeEach
    void start() {
        redis = RedisProcess.start();
        api = StartedPipeline.with(redis.url()).start(directory);
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private static String request(int sequence) {
        String body = Numbered.line("ending", sequence);
        return HEAD + body.length() + "\r\n\r\n" + body;
    }

    private static Answer post(RawConnection connection, int sequence) throws Exception {
        connection.send(request(sequence));
        Optional<Answer> answer = connection.read();
        assertThat(answer).as("request %d gets an answer", sequence).isPresent();
        assertThat(answer.get().status()).as(answer.get().body()).isEqualTo(200);
        return answer.get();
    }

    @Test
    void aClientThatKeepsSendingIsToldToGoAndNoneOfItsRequestsIsCutOff() throws Exception {
        try (RawConnection connection = new RawConnection(api.port())) {
            assertThat(post(connection, 0).closes()).isFalse();
            Thread stop = Thread.ofPlatform().start(api::close);
            int sent = 1;
            while (!post(connection, sent++).closes()) {
                // The stop has not begun.
            }
            assertThat(connection.read()).as("closed, as the answer said").isEmpty();
            stop.join();
            long stored = redis.with(commands -> commands.llen(Numbered.list("ending")));
            assertThat(stored).isEqualTo(sent);
        }
    }

    @Test
    void aRequestThatIsComingInWhenTheStopBeginsIsTakenAndAnswered() throws Exception {
        try (RawConnection slow = new RawConnection(api.port());
                RawConnection other = new RawConnection(api.port())) {
            String request = request(0);
            int half = request.length() - 20;
            post(other, 1);
            slow.send(request.substring(0, half));
            Thread stop = Thread.ofPlatform().start(api::close);
            int sent = 2;
            while (!post(other, sent++).closes()) {
                // The stop has not begun.
            }
            slow.send(request.substring(half));
            Optional<Answer> answer = slow.read();
            assertThat(answer).isPresent();
            assertThat(answer.get().status()).isEqualTo(200);
            stop.join();
            long stored = redis.with(commands -> commands.llen(Numbered.list("ending")));
            assertThat(stored).isEqualTo(sent);
        }
    }

    @Test
    void connectionsThatNobodyUsesAreClosedToo() throws Exception {
        try (RawConnection used = new RawConnection(api.port());
                RawConnection silent = new RawConnection(api.port())) {
            post(used, 0);
            api.close();
            assertThat(used.read()).isEmpty();
            assertThat(silent.read()).isEmpty();
        }
    }
}
