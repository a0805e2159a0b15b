package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.telemetry.CapturedLog;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.ManualClock;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that can't write its append-only file anew. */
class AofRewriterTest {
    private final ManualClock clock = new ManualClock();
    private CapturedLog log;
    private RedisProcess redis;
    private ConnectedRedis connected;
    private AofRewriter rewriter;

    @BeforeEach
    void start() {
        redis = RedisProcess.start("--appendonly", "yes");
        connected = ConnectedRedis.to(redis.url());
        rewriter = new AofRewriter(connected.link(), clock);
        log = new CapturedLog();
    }

    @AfterEach
    void stop() {
        log.close();
        connected.close();
        redis.close();
    }

    /** A directory stands where the new file is to be put: it is written in vain. */
    private Path obstacle() throws Exception {
        return Files.createDirectory(
                redis.directory().resolve("appendonlydir/appendonly.aof.2.base.rdb"));
    }

    private String tries() {
        return field("aof_rewrites");
    }

    private String field(String name) {
        return connected
                .server()
                .info("persistence")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .orElseThrow()
                .substring(name.length() + 1);
    }

    private void lookAndAwaitEnd() throws Exception {
        rewriter.look();
        Await.until("it ended", () -> field("aof_rewrite_in_progress").equals("0"));
    }

    private List<String> linesWith(String text) {
        return log.lines().stream().filter(line -> line.contains(text)).toList();
    }

    @Test
    void whatFailedIsTriedAgainUntilItSucceeds() throws Exception {
        Path obstacle = obstacle();
        lookAndAwaitEnd();
        assertThat(field("aof_last_bgrewrite_status")).isEqualTo("err");

        lookAndAwaitEnd();
        assertThat(tries()).isEqualTo("2");
        Files.delete(obstacle);
        clock.advance(Duration.ofSeconds(1));
        lookAndAwaitEnd();
        assertThat(field("aof_last_bgrewrite_status")).isEqualTo("ok");
        lookAndAwaitEnd();
        clock.advance(Duration.ofHours(1));
        lookAndAwaitEnd();

        assertThat(tries()).isEqualTo("3");
        assertThat(linesWith("WARNING")).singleElement().asString().contains("could not write");
        assertThat(linesWith("no failure to write")).hasSize(1);
        assertThat(linesWith("once after its start")).hasSize(1);
    }

    @Test
    void pausesBetweenTriesGrowToTenMinutes() throws Exception {
        obstacle();
        lookAndAwaitEnd();
        lookAndAwaitEnd();
        lookAndAwaitEnd();
        assertThat(tries()).isEqualTo("2");

        clock.advance(Duration.ofSeconds(1));
        lookAndAwaitEnd();
        clock.advance(Duration.ofSeconds(1));
        lookAndAwaitEnd();
        assertThat(tries()).isEqualTo("3");
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofMinutes(10));
            lookAndAwaitEnd();
        }
        assertThat(tries()).isEqualTo("13");
        clock.advance(Duration.ofMinutes(10).minusNanos(1));
        lookAndAwaitEnd();
        assertThat(tries()).isEqualTo("13");
        assertThat(linesWith("could not write")).hasSize(1);
    }

    @Test
    void aStartAfterAFailureDoesNotWait() throws Exception {
        obstacle();
        lookAndAwaitEnd();
        lookAndAwaitEnd();
        assertThat(tries()).isEqualTo("2");
        redis.kill();
        redis.restart();
        RedisLink link = connected.link();
        Await.until("it answers", () -> !link.await(link.info()).isEmpty());

        lookAndAwaitEnd();

        assertThat(tries()).isEqualTo("1");
    }
}
