package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.Certificates;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.RedisUser;
import io.logpipeline.testing.TlsProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rediss://} with a user of few rights, through a proxy that speaks TLS for Redis. */
class RedisTlsTest {
    private static final String EVENT =
            "{\"user_id\":\"123\",\"event\":\"clicked_button\",\"timestamp\":1712345678}";

    @TempDir private Path directory;

    private final Certificates certificates = new Certificates();
    private RedisProcess redis;
    private TlsProxy proxy;
    private Path client;

    @BeforeEach
    void start() throws IOException {
        redis = RedisProcess.start(RedisUser.options("s3cr3t").toArray(String[]::new));
        proxy = new TlsProxy(certificates.context(certificates.sign("redis")), redis.port());
        client = Certificates.write(directory, "client", certificates.sign("client"));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        redis.close();
    }

    private StartedPipeline start(String user, String authority) {
        return start(user, authority, "");
    }

    private StartedPipeline start(String user, String authority, String otherNodes) {
        return StartedPipeline.with("rediss://" + user + "@127.0.0.1:" + proxy.port() + otherNodes)
                .set("REDIS_TLS_CA_FILE", authority)
                .set("REDIS_TLS_CERTIFICATE_FILE", client.toString())
                .set("REDIS_TLS_PRIVATE_KEY_FILE", Certificates.keyOf(client).toString())
                .start(directory);
    }

    @Test
    void eventsAreStoredOverTlsByAUserOfFewRights() throws Exception {
        String authority = certificates.authorityFile(directory).toString();
        try (StartedPipeline api = start("log-pipeline:s3cr3t", authority)) {
            Await.until("it is ready", () -> api.get("/health/ready").statusCode() == 200);
            Await.until("it is stored", () -> api.post(EVENT).statusCode() == 200);
            assertThat(redis.<Long>with(server -> server.llen("logs:user_123:19818"))).isEqualTo(1);
        }
    }

    @Test
    void eventsAreStoredInAClusterOverTlsByAUserOfFewRights() throws Exception {
        redis.close();
        List<String> options = new ArrayList<>(List.of("--cluster-enabled", "yes"));
        options.addAll(RedisUser.options("s3cr3t", "+cluster|slots"));
        redis = RedisProcess.start(options.toArray(String[]::new));
        proxy.moveTo(redis.port());
        String port = Integer.toString(proxy.port());
        redis.with(server -> server.configSet("cluster-announce-port", port));
        int[] everySlot = IntStream.range(0, SlotHash.SLOT_COUNT).toArray();
        redis.with(server -> server.clusterAddSlots(everySlot));

        String authority = certificates.authorityFile(directory).toString();
        try (StartedPipeline api =
                start("log-pipeline:s3cr3t", authority, ",127.0.0.1:" + proxy.port())) {
            Await.until("it is ready", () -> api.get("/health/ready").statusCode() == 200);
            Await.until("it is stored", () -> api.post(EVENT).statusCode() == 200);
            Await.until(
                    "its list is made known",
                    () -> redis.<Long>with(server -> server.xlen("logs:pending")) > 0);
        }
        assertThat(redis.<Long>with(server -> server.llen("logs:user_123:19818"))).isPositive();
    }

    @Test
    void aWrongPasswordIsShownNowhere() throws Exception {
        String authority = certificates.authorityFile(directory).toString();
        try (StartedPipeline api = start("log-pipeline:wr0ng-s3cr3t", authority)) {
            String answer = api.post(EVENT).body();
            assertThat(answer).contains("Redis connection failed");
            assertThat(answer + api.get("/health").body() + api.get("/metrics").body())
                    .contains("log_pipeline_requests_total")
                    .doesNotContain("s3cr3t", "127.0.0.1:" + proxy.port());
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNotTalkedTo() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        String authority = new Certificates().authorityFile(other).toString();
        try (StartedPipeline api = start("log-pipeline:s3cr3t", authority)) {
            Await.until(
                    "the handshake failed",
                    () -> proxy.refused() > 0 && api.post(EVENT).statusCode() == 500);
        }
        assertThat(redis.<Long>with(server -> server.exists("logs:user_123:19818"))).isZero();
    }

    @Test
    void filesThatAreNoPemStopTheStart() throws Exception {
        Path garbage = Files.writeString(directory.resolve("garbage"), "s3cr3t");
        assertThatThrownBy(() -> start("log-pipeline:s3cr3t", garbage.toString()))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("redis.tls_*: a file holds no certificate")
                .message()
                .doesNotContain("s3cr3t");
    }
}
