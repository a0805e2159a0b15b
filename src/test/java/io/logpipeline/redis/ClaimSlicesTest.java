package io.logpipeline.redis;

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
import org.junit.jupiter.api.Test;

/** How much of a batch Redis holds in its memory once more while a claim reads it. */
class ClaimSlicesTest {
    private static final Pattern LRANGE =
            Pattern.compile("\"LRANGE\" \"[^\"]*\" \"(\\d+)\" \"(\\d+)\"");

    /** Small elements tell nothing of the size of those behind them. */
    @Test
    void fewElementsAreReadAtATime() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                ClaimStage stage = new ClaimStage(redis.url());
                Socket monitor = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            stage.empty();
            stage.push(Collections.nCopies(2000, "small").toArray(String[]::new));
            monitor.getOutputStream().write("MONITOR\r\n".getBytes(UTF_8));
            BufferedReader commands =
                    new BufferedReader(new InputStreamReader(monitor.getInputStream(), UTF_8));
            assertThat(commands.readLine()).isEqualTo("+OK");

            assertThat(stage.claimed("w1").elements()).hasSize(1000);

            stage.redis.server().echo("end");
            assertThat(elementsReadUntil("\"end\"", commands))
                    .hasSizeGreaterThan(10)
                    .allMatch(count -> count <= 64);
        }
    }

    private static List<Integer> elementsReadUntil(String last, BufferedReader commands)
            throws IOException {
        List<Integer> counts = new ArrayList<>();
        String command = commands.readLine();
        while (!command.contains(last)) {
            Matcher read = LRANGE.matcher(command);
            if (read.find()) {
                counts.add(1 + Integer.parseInt(read.group(2)) - Integer.parseInt(read.group(1)));
            }
            command = commands.readLine();
        }
        return counts;
    }
}
