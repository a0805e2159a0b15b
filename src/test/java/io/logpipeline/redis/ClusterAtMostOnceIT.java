package io.logpipeline.redis;

import io.lettuce.core.cluster.SlotHash;
import io.logpipeline.testing.Await;
import io.logpipeline.testing.RedisProcess;
import java.util.stream.IntStream;

/** The same, of a link to a cluster: of one node, which every slot leads to. */
class ClusterAtMostOnceIT extends AtMostOnceTest {
    @Override
    RedisProcess startServer() {
        RedisProcess node = RedisProcess.start("--cluster-enabled", "yes");
        int[] everySlot = IntStream.range(0, SlotHash.SLOT_COUNT).toArray();
        node.with(server -> server.clusterAddSlots(everySlot));
        Await.untilStarted(
                "the cluster is well",
                () -> node.with(server -> server.clusterInfo()).contains("cluster_state:ok"));
        return node;
    }

    @Override
    String url(CuttingProxy way) {
        // So that the proxy is where the cluster says that its node is.
        String port = Integer.toString(way.port());
        server().with(node -> node.configSet("cluster-announce-port", port));
        return way.url() + ",127.0.0.1:" + port;
    }
}
