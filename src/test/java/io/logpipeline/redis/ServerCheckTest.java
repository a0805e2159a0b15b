package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.ConnectedRedis;
import io.logpipeline.testing.LaterRedis;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What a server must be like. */
class ServerCheckTest {
    private static ServerCheck check(String version, String policy) {
        return new ServerCheck(version, policy, true, 0, false);
    }

    private static ServerCheck only(RedisLink link) throws Exception {
        return ServerCheck.ofEach(link).getFirst();
    }

    @Test
    void aServerFrom70OnThatDropsNothingIsFit() {
        assertThat(check("7.0.15", "noeviction").refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .isEmpty();
        assertThat(check("8.2.1", "noeviction").refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .isEmpty();
        assertThat(check("10.0", "noeviction").refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .isEmpty();
    }

    @Test
    void anOlderServerIsRefused() {
        assertThat(check("6.2.14", "noeviction").refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .hasValueSatisfying(
                        refusal -> assertThat(refusal).contains("6.2.14", "7.0 or later"));
        assertThat(check("0", "noeviction").refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .isPresent();
    }

    @Test
    void aServerThatDropsKeysWhenItIsFullIsRefused() {
        assertThat(check("7.0.15", "allkeys-lru").refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .hasValueSatisfying(
                        refusal -> assertThat(refusal).contains("allkeys-lru", "noeviction"));
        assertThat(check("7.0.15", "volatile-ttl").refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .isPresent();
    }

    @Test
    void whatCantForceItsFileIsRefusedWhereItIsAskedTo() {
        Durability aof = new Durability.AppendOnlyFile();
        assertThat(check("7.0.15", "noeviction").refusal(Topology.ONE_SERVER, aof))
                .hasValueSatisfying(
                        refusal -> assertThat(refusal).contains("7.0.15", "7.2 or later"));
        assertThat(check("7.2.4", "noeviction").refusal(Topology.ONE_SERVER, aof)).isEmpty();
        assertThat(check("8.0", "noeviction").refusal(Topology.ONE_SERVER, aof)).isEmpty();
        assertThat(
                        new ServerCheck("7.2.4", "noeviction", false, 0, false)
                                .refusal(Topology.ONE_SERVER, aof))
                .hasValueSatisfying(refusal -> assertThat(refusal).contains("appendonly yes"));
    }

    @Test
    void tooFewReplicasAreToldAndAwaited() {
        ServerCheck one = new ServerCheck("7.0.15", "noeviction", true, 1, false);
        assertThat(one.refusal(Topology.ONE_SERVER, new Durability.Replicas(2))).isEmpty();
        assertThat(one.shortage(new Durability.Replicas(2)))
                .hasValueSatisfying(
                        shortage -> assertThat(shortage).contains("2 replicas, Redis has 1"));
        assertThat(one.shortage(new Durability.Replicas(1))).isEmpty();
        assertThat(one.shortage(Durability.MEMORY)).isEmpty();
    }

    @Test
    void theUrlMustSayWhetherItIsACluster() {
        ServerCheck node = new ServerCheck("7.0.15", "noeviction", true, 0, true);
        assertThat(node.refusal(Topology.ONE_SERVER, Durability.MEMORY))
                .hasValueSatisfying(refusal -> assertThat(refusal).contains("node of a cluster"));
        assertThat(node.refusal(Topology.CLUSTER, Durability.MEMORY)).isEmpty();
        assertThat(check("7.0.15", "noeviction").refusal(Topology.CLUSTER, Durability.MEMORY))
                .hasValueSatisfying(refusal -> assertThat(refusal).contains("not of a cluster"));
    }

    @Test
    void aClusterNodeThatIsNamedAloneIsRefused() throws Exception {
        aClusterNodeThatIsNamedAloneIsRefused(RedisProcess.binary());
    }

    @Test
    @EnabledIf("io.logpipeline.testing.LaterRedis#isThere")
    void aLaterClusterNodeThatIsNamedAloneIsRefusedToo() throws Exception {
        aClusterNodeThatIsNamedAloneIsRefused(LaterRedis.program());
    }

    private static void aClusterNodeThatIsNamedAloneIsRefused(Path program) throws Exception {
        try (RedisProcess process = RedisProcess.startProgram(program, "--cluster-enabled", "yes");
                ConnectedRedis redis = ConnectedRedis.to(process.url())) {
            assertThat(only(redis.link()).refusal(Topology.ONE_SERVER, Durability.MEMORY))
                    .hasValueSatisfying(refusal ->
                            assertThat(refusal).startsWith("This Redis is a node of a cluster"));
        }
    }

    @Test
    void serversThatAreNoClusterAreRefusedAsOne() throws Exception {
        try (RedisProcess process = RedisProcess.start();
                RedisLink link =
                        RedisLink.open(
                                process.url() + ",127.0.0.1:" + process.port(),
                                "test",
                                Duration.ofSeconds(5))) {
            Await.until("it answers", () -> !link.await(link.info()).isEmpty());
            assertThat(only(link).refusal(Topology.CLUSTER, Durability.MEMORY)).isPresent();
        }
    }

    @Test
    void theServerSaysItItself() throws Exception {
        try (RedisProcess process =
                        RedisProcess.start(
                                "--maxmemory-policy", "volatile-ttl", "--appendonly", "yes");
                ConnectedRedis redis = ConnectedRedis.to(process.url())) {
            ServerCheck found = only(redis.link());

            assertThat(found.version()).matches("\\d+\\.\\d+\\.\\d+");
            assertThat(found.maxmemoryPolicy()).isEqualTo("volatile-ttl");
            assertThat(found.appendOnly()).isTrue();

            redis.server().configSet("appendonly", "no");
            redis.server().configSet("maxmemory-policy", "noeviction");
            assertThat(only(redis.link()))
                    .isEqualTo(new ServerCheck(found.version(), "noeviction", false, 0, false));
        }
    }
}
