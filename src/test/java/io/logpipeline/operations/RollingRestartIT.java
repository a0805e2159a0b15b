package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.testing.Await;
import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.RedisProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two APIs and three drainers are replaced, all at once and twice, while clients post: by the
 * probes, preStop, grace and rollingUpdate that the manifests give. Where clients connect to, what
 * a load balancer does, is the test's.
 */
class RollingRestartIT {
    private static final int CLIENTS = 4;
    private static final int DRAINERS = 3;
    private static final int ROUNDS = 2;
    private static final long SEED = Long.getLong("logpipeline.seed", System.nanoTime());

    @TempDir private Path directory;

    private final Numbered numbered = new Numbered("r");
    private final RollingClient.Tally tally = new RollingClient.Tally();

    @Test
    void noRequestFailsNothingIsLostAndNothingStandsTwice() throws Exception {
        System.out.println("RollingRestartIT: -Dlogpipeline.seed=" + SEED);
        PodSpec api = PodSpec.of("api");
        int apis = PodSpec.find("api", "HorizontalPodAutoscaler").at("/spec/minReplicas").asInt();
        try (RedisProcess redis = RedisProcess.start();
                Deployment apiPods = Deployment.create(api, apis, directory, redis.url());
                Deployment drainerPods =
                        Deployment.create(
                                PodSpec.of("drainer"), DRAINERS, directory, redis.url())) {
            underLoad(
                    apiPods,
                    () -> {
                        for (int round = 0; round < ROUNDS; round++) {
                            rollOut(apiPods, drainerPods);
                        }
                    });
            List<Pod.End> ends = new ArrayList<>(apiPods.ends());
            ends.addAll(drainerPods.ends());
            assertThat(ends).hasSize(ROUNDS * (apis + DRAINERS)).allMatch(Pod.End::clean);
            assertThat(apiPods.everStarted()).noneMatch(Pod::failedLiveness);
            assertThat(drainerPods.everStarted()).noneMatch(Pod::failedLiveness);
            assertEverythingLandsOnce();
            apiPods.delete();
            drainerPods.delete();
            assertThat(apiPods.ends()).allMatch(Pod.End::clean);
            assertThat(drainerPods.ends()).allMatch(Pod.End::clean);
        }
    }

    private interface Steps {
        void run() throws Exception;
    }

    private void underLoad(Deployment apis, Steps steps) throws Exception {
        List<RollingClient> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                RollingClient client = new RollingClient(apis, numbered, tally, i, SEED);
                clients.add(client);
                running.add(threads.submit(client));
            }
            try {
                steps.run();
            } finally {
                clients.forEach(RollingClient::stop);
            }
            for (Future<?> client : running) {
                client.get();
            }
        }
    }

    private static void rollOut(Deployment apis, Deployment drainers) throws Exception {
        try (ExecutorService controllers = Executors.newFixedThreadPool(2)) {
            List<Future<?>> rollOuts = new ArrayList<>();
            for (Deployment each : List.of(apis, drainers)) {
                rollOuts.add(
                        controllers.submit(() -> {
                            each.rollOut();
                            return null;
                        }));
            }
            for (Future<?> rollOut : rollOuts) {
                rollOut.get();
            }
        }
    }

    private void assertEverythingLandsOnce() {
        Await.untilAsserted(
                "every acknowledged event is in its file",
                () ->
                        assertThat(numbered.verify(directory.resolve("logs")))
                                .isEqualTo(numbered.acknowledgedCount()));
        System.out.printf(
                "RollingRestartIT: requests=%d events=%d repeated=%d refused=%d%n",
                tally.requests().get(),
                numbered.acknowledgedCount(),
                tally.repeats().get(),
                tally.refusals().get());
        assertThat(tally.repeats()).hasPositiveValue();
    }
}
