package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.RedisProcess;
import org.junit.jupiter.api.Test;

/** What a server must be like. */
class ServerCheckTest {
    private static ServerCheck check(String version, String policy) {
        return new ServerCheck(version, policy, true, false);
    }

    @Test
    void aServerFrom70OnThatDropsNothingIsFit() {
        assertThat(check("7.0.15", "noeviction").refusal()).isEmpty();
        assertThat(check("8.2.1", "noeviction").refusal()).isEmpty();
        assertThat(check("10.0", "noeviction").refusal()).isEmpty();
    }

    @Test
    void anOlderServerIsRefused() {
        assertThat(check("6.2.14", "noeviction").refusal())
                .hasValueSatisfying(
                        refusal -> assertThat(refusal).contains("6.2.14", "7.0 or later"));
        assertThat(check("0", "noeviction").refusal()).isPresent();
    }

    @Test
    void aServerThatDropsKeysWhenItIsFullIsRefused() {
        assertThat(check("7.0.15", "allkeys-lru").refusal())
                .hasValueSatisfying(
                        refusal -> assertThat(refusal).contains("allkeys-lru", "noeviction"));
        assertThat(check("7.0.15", "volatile-ttl").refusal()).isPresent();
    }

    @Test
    void aServerInClusterModeIsRefused() throws Exception {
        try (RedisProcess process = RedisProcess.start("--cluster-enabled", "yes");
                ConnectedRedis redis = ConnectedRedis.to(process.url())) {
            assertThat(ServerCheck.of(redis.link()).refusal())
                    .hasValueSatisfying(refusal ->
                            assertThat(refusal).startsWith("Redis Cluster is not supported yet"));
        }
    }

    @Test
    void theServerSaysItItself() throws Exception {
        try (RedisProcess process =
                        RedisProcess.start(
                                "--maxmemory-policy", "volatile-ttl", "--appendonly", "yes");
                ConnectedRedis redis = ConnectedRedis.to(process.url())) {
            ServerCheck found = ServerCheck.of(redis.link());

            assertThat(found.version()).matches("\\d+\\.\\d+\\.\\d+");
            assertThat(found.maxmemoryPolicy()).isEqualTo("volatile-ttl");
            assertThat(found.appendOnly()).isTrue();

            redis.server().configSet("appendonly", "no");
            redis.server().configSet("maxmemory-policy", "noeviction");
            assertThat(ServerCheck.of(redis.link()))
                    .isEqualTo(new ServerCheck(found.version(), "noeviction", false, false));
        }
    }
}
