package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.LaterRedis;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.RedisTls;
import io.logpipeline.testing.SentinelProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A server and its Sentinel, over TLS, whose certificate has a name in it and no address. */
@EnabledIf("io.logpipeline.testing.LaterRedis#isThere")
class SentinelNamesTest {
    private static final String HOST = "localhost";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir private Path directory;

    private RedisTls tls;
    private Map<String, String> settings;
    private RedisProcess server;

    @BeforeEach
    void start() throws IOException {
        tls = new RedisTls(directory);
        settings = tls.settings(HOST);
        server =
                RedisProcess.startProgram(
                        LaterRedis.program(), RedisTls.options(settings).toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /**
     * @param announced {@code yes} for the name of the server, {@code no} for its address
     */
    private SentinelProcess sentinel(String announced) {
        List<String> lines = new ArrayList<>();
        settings.forEach((name, value) -> lines.add(name + " " + value));
        lines.add("sentinel resolve-hostnames yes");
        lines.add("sentinel announce-hostnames " + announced);
        lines.add(
                "sentinel monitor %s %s %d 1"
                        .formatted(SentinelProcess.NAME, HOST, server.publicPort()));
        return SentinelProcess.start(LaterRedis.program(), "", lines);
    }

    private RedisLink open(SentinelProcess sentinel) throws IOException {
        String url =
                "rediss-sentinel://%s:%d#%s"
                        .formatted(HOST, sentinel.publicPort(), SentinelProcess.NAME);
        return RedisLink.open(tls.at(url), "test", TIMEOUT);
    }

    @Test
    void aServerThatIsAnnouncedByItsNameIsTalkedTo() throws Exception {
        try (SentinelProcess sentinel = sentinel("yes");
                RedisLink link = open(sentinel)) {
            assertThat(link.awaitConnected(TIMEOUT.multipliedBy(4))).isTrue();
        }
    }

    @Test
    void aServerThatIsAnnouncedByItsAddressIsNot() throws Exception {
        try (SentinelProcess sentinel = sentinel("no");
                RedisLink link = open(sentinel)) {
            Await.until(
                    "its certificate is refused",
                    () -> problem(link).contains("subject alternative"));
            assertThat(link.isConnected()).isFalse();
        }
    }

    private static String problem(RedisLink link) {
        return String.valueOf(
                link.info().handle((info, thrown) -> thrown).toCompletableFuture().join());
    }
}
