package io.logpipeline.redis;

import static java.lang.Integer.parseInt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.RedisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which commands a claim reads its batch. */
class ClaimSlicesTest {
    private static final Pattern LRANGE =
            Pattern.compile("\"LRANGE\" \"[^\"]*\" \"(\\d+)\" \"(\\d+)\"");

    private RedisProcess redis;
    private ClaimStage stage;
    private Socket monitor;
    private BufferedReader commands;

    @BeforeEach
    void watch() throws IOException {
        redis = RedisProcess.start();
        stage = new ClaimStage(redis.url());
        stage.empty();
        monitor = new Socket(InetAddress.getLoopbackAddress(), redis.port());
        monitor.getOutputStream().write("MONITOR\r\n".getBytes(UTF_8));
        commands = new BufferedReader(new InputStreamReader(monitor.getInputStream(), UTF_8));
        assertThat(commands.readLine()).isEqualTo("+OK");
    }

    @AfterEach
    void close() throws IOException {
        monitor.close();
        stage.close();
        redis.close();
    }

    private List<String> commandsSoFar() throws IOException {
        stage.redis.server().echo("end");
        List<String> seen = new ArrayList<>();
        String command = commands.readLine();
        while (!command.contains("\"end\"")) {
            seen.add(command);
            command = commands.readLine();
        }
        return seen;
    }

    /** Small elements tell nothing of the size of those behind them. */
    @Test
    void fewElementsAreReadAtATime() throws Exception {
        stage.push(Collections.nCopies(1500, "small").toArray(String[]::new));
        stage.push(Collections.nCopies(20, "x".repeat(60_000)).toArray(String[]::new));

        assertThat(stage.claimed("w1").elements()).hasSize(1000);

        assertThat(counts()).hasSizeGreaterThan(10).allMatch(count -> count <= 64);
    }

    /** Of how many elements each read is. */
    private List<Integer> counts() throws IOException {
        return commandsSoFar().stream()
                .map(LRANGE::matcher)
                .filter(Matcher::find)
                .map(read -> 1 + parseInt(read.group(2)) - parseInt(read.group(1)))
                .toList();
    }

    @Test
    void aFewAreReadByTheirClaim() throws Exception {
        stage.push(Collections.nCopies(64, "small").toArray(String[]::new));

        assertThat(stage.claimed("w1").elements()).hasSize(64);

        assertThat(counts()).containsExactly(1, 7, 56);
    }

    @Test
    void ofLargeElementsAClaimLooksAtTheFirstOnly() throws Exception {
        stage.push(Collections.nCopies(20, "x".repeat(60_000)).toArray(String[]::new));

        assertThat(stage.claimed("w1").elements()).hasSize(16);

        // That of the claim, and of the read that weighs.
        assertThat(counts()).startsWith(1, 1);
    }

    @Test
    void aClaimWithoutRoomReadsNothing() throws Exception {
        stage.push("small");

        assertThat(stage.claims.claim(stage.entry(), "w1", 0, ClaimStage.ADMISSION, 0))
                .isInstanceOf(ClaimOutcome.Claimed.class);

        assertThat(counts()).isEmpty();
    }

    /** In the other order, another worker could settle the batch in between. */
    @Test
    void whoseABatchIsIsReadAfterIt() throws Exception {
        stage.push(Collections.nCopies(500, "small").toArray(String[]::new));

        assertThat(stage.claimed("w1").elements()).hasSize(500);

        List<String> reads =
                commandsSoFar().stream()
                        .filter(command -> !command.contains(" lua] "))
                        .filter(command -> command.matches(".*\"(LRANGE|HGET)\".*"))
                        .toList();
        assertThat(reads).hasSize(2);
        assertThat(reads.getFirst()).contains("LRANGE");
    }
}
