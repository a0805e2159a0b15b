package io.logpipeline.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.rollback.Load;
import io.logpipeline.testing.LaterRedis;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.RedisCluster;
import io.logpipeline.testing.RedisProcess;
import io.logpipeline.testing.RedisTls;
import io.logpipeline.testing.RedisUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster that speaks TLS only, whose nodes are known by name: slots move under load, and a user
 * of few rights is sent from node to node. The certificate has no address in it: a node that was
 * looked for by its address would not be talked to.
 */
@EnabledIf("io.logpipeline.testing.LaterRedis#isThere")
class ClusterTlsIT {
    private static final String HOST = "localhost";
    private static final String PASSWORD = "s3cr3t";
    private static final int ROUNDS = 3;
    private static final int USERS = 8;

    @TempDir private Path directory;
    private RedisTls tls;

    @Test
    void everyAcknowledgedEventLandsOnceThoughSlotsMoveBetweenNodesThatAreKnownByName()
            throws Exception {
        tls = new RedisTls(Files.createDirectory(directory.resolve("keys")));
        Numbered numbered = new Numbered("named");
        try (RedisCluster cluster = start();
                PipelineProcess drainer = process("drainer", cluster);
                PipelineProcess api = process("api", cluster);
                Load load = Load.ofAllManners(numbered, api.port())) {
            load.awaitAcknowledged(100);
            Wanderers slots = new Wanderers(cluster, keys(numbered));
            for (int round = 0; round < ROUNDS; round++) {
                slots.moveAll(load);
            }
            assertThat(cluster.masters()).allSatisfy(ClusterTlsIT::isTalkedToOverTlsOnly);
            load.close();
            long lines = Aftermath.of(cluster).verify(directory.resolve("logs"), numbered);
            System.out.printf(
                    "ClusterTlsIT: %s, %d in files; MOVED %d, ASK %d%n",
                    load, lines, cluster.errors("MOVED"), cluster.errors("ASK"));
            assertThat(cluster.errors("MOVED")).isPositive();
            assertThat(cluster.errors("ASK")).isPositive();
            assertThat(api.isAlive() && drainer.isAlive()).isTrue();
            assertThat(api.output() + drainer.output()).doesNotContain(PASSWORD);
        }
    }

    private RedisCluster start() throws IOException {
        List<String> options = new ArrayList<>(RedisTls.options(tls.settings(HOST)).toList());
        options.addAll(List.of("--tls-cluster", "yes", "--cluster-announce-hostname", HOST));
        options.addAll(List.of("--cluster-preferred-endpoint-type", "hostname"));
        options.addAll(List.of("--requirepass", PASSWORD, "--masterauth", PASSWORD));
        options.addAll(RedisUser.options(PASSWORD, "+cluster|slots"));
        return RedisCluster.startProgram(LaterRedis.program(), 0, options.toArray(String[]::new));
    }

    /** The last node is not named to it. */
    private PipelineProcess process(String role, RedisCluster cluster) {
        String nodes =
                cluster.masters().stream()
                        .limit(2)
                        .map(node -> HOST + ":" + node.publicPort())
                        .collect(Collectors.joining(","));
        PipelineProcess.Builder process =
                PipelineProcess.of(directory, role)
                        .redis("rediss://" + RedisUser.NAME + ":" + PASSWORD + "@" + nodes);
        tls.environment().forEach(process::with);
        return process.startReady();
    }

    /** By the pipeline. */
    private static void isTalkedToOverTlsOnly(RedisProcess node) {
        assertThat(node.with(server -> server.clientList()).lines())
                .filteredOn(line -> line.contains(" user=" + RedisUser.NAME + " "))
                .isNotEmpty()
                .allMatch(line -> line.contains(" laddr=127.0.0.1:" + node.publicPort() + " "));
    }

    private static List<String> keys(Numbered numbered) {
        List<String> keys = new ArrayList<>(Wanderers.OWN);
        for (int i = 0; i < USERS; i++) {
            keys.add(Numbered.list(numbered.user(i)));
        }
        return keys;
    }
}
