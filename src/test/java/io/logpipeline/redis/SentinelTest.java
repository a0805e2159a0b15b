package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.RedisUser;
import io.logpipeline.testing.SentinelProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server behind one Sentinel, which asks for a password of its own, and knows a user. */
class SentinelTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** Far less than Lettuce's own limit, and enough for a machine that is busy. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private RedisProcess server;
    private SentinelProcess sentinel;

    @BeforeEach
    void start() {
        server = RedisProcess.start("--requirepass", "s3cr3t");
        sentinel =
                SentinelProcess.start(
                        RedisProcess.binary(),
                        "0ther",
                        List.of(
                                "sentinel monitor main 127.0.0.1 " + server.port() + " 1",
                                "sentinel auth-pass main s3cr3t",
                                RedisUser.sentinelsLine("th1rd")));
    }

    @AfterEach
    void stop() {
        sentinel.close();
        server.close();
    }

    private RedisLink open(String otherSentinels, String parameters) {
        return RedisLink.open(
                "redis-sentinel://:s3cr3t@%s127.0.0.1:%d%s#main"
                        .formatted(otherSentinels, sentinel.publicPort(), parameters),
                "test",
                TIMEOUT);
    }

    @Test
    void aSentinelThatIsSilentIsPassedOver() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RedisLink link =
                        open(
                                "127.0.0.1:" + silent.getLocalPort() + ",",
                                "?sentinelPassword=0ther")) {
            assertThat(link.awaitConnected(SOON)).isTrue();
        }
    }

    @Test
    void aUserOfFewRightsIsLetIn() throws Exception {
        try (RedisLink link =
                open("", "?sentinelUser=" + RedisUser.NAME + "&sentinelPassword=th1rd")) {
            assertThat(link.awaitConnected(SOON)).isTrue();
        }
    }

    @Test
    void aSentinelThatRefusesIsSaidTo() {
        problemWith("").contains("NOAUTH");
        problemWith("?sentinelPassword=wr0ng").contains("WRONGPASS").doesNotContain("wr0ng");
    }

    private AbstractStringAssert<?> problemWith(String parameters) {
        try (RedisLink link = open("", parameters)) {
            Await.until("it was tried", () -> !problem(link).contains("not connected yet"));
            return assertThat(problem(link)).doesNotContain("s3cr3t", "0ther");
        }
    }

    private static String problem(RedisLink link) {
        return String.valueOf(
                link.info().handle((info, thrown) -> thrown).toCompletableFuture().join());
    }
}
