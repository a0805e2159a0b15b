package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests with one cluster of three masters for the class, which each of them finds empty. */
abstract class ClusterTests {
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    static RedisCluster cluster;
    static RedisLink link;

    @BeforeAll
    static void start() throws Exception {
        cluster = RedisCluster.start(0, "--cluster-require-full-coverage", "no");
        link = RedisLink.open(cluster.url(), "test", TIMEOUT);
        assertThat(link.awaitConnected(Duration.ofSeconds(30))).isTrue();
    }

    @AfterAll
    static void stop() {
        link.close();
        cluster.close();
    }

    @BeforeEach
    void empty() {
        cluster.nodes().forEach(node -> node.with(server -> server.flushall()));
    }

    static RedisProcess anotherThan(RedisProcess from) {
        return cluster.masters().stream().filter(each -> each != from).findFirst().orElseThrow();
    }
}
