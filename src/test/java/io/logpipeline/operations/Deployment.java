package io.logpipeline.operations;

import io.logpipeline.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Keeps a number of pods and replaces them, as the Deployment controller does. */
final class Deployment implements AutoCloseable {
    private static final Duration ROLLED_OUT_WITHIN = Duration.ofMinutes(4);

    private final PodSpec spec;
    private final int replicas;
    private final Path directory;
    private final String redisUrl;
    private final List<Pod> pods = new CopyOnWriteArrayList<>();
    private final List<Pod> everStarted = new CopyOnWriteArrayList<>();
    private final ExecutorService deletions = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<Pod.End>> ends = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    private Deployment(PodSpec spec, int replicas, Path directory, String redisUrl) {
        this.spec = spec;
        this.replicas = replicas;
        this.directory = directory;
        this.redisUrl = redisUrl;
    }

    /** All ready. */
    static Deployment create(PodSpec spec, int replicas, Path directory, String redisUrl)
            throws IOException {
        Deployment deployment = new Deployment(spec, replicas, directory, redisUrl);
        for (int i = 0; i < replicas; i++) {
            deployment.startPod();
        }
        try {
            deployment.await("all pods are ready", () -> deployment.readyPods().size() == replicas);
            return deployment;
        } catch (AssertionError notReady) {
            deployment.close();
            throw notReady;
        }
    }

    private void await(String what, BooleanSupplier condition) {
        try {
            Await.until(what, ROLLED_OUT_WITHIN, () -> anyCrashed() || condition.getAsBoolean());
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + statesOfTheUnready(), late);
        }
        if (anyCrashed()) {
            throw new AssertionError("a pod ended on its own" + statesOfTheUnready());
        }
    }

    private boolean anyCrashed() {
        return pods.stream().anyMatch(Pod::crashed);
    }

    private String statesOfTheUnready() {
        return pods.stream()
                .filter(pod -> !pod.isReady())
                .map(Pod::state)
                .collect(Collectors.joining("\n", "\n", ""));
    }

    private void startPod() throws IOException {
        Pod pod = Pod.start(spec, directory, redisUrl);
        everStarted.add(pod);
        pods.add(pod);
    }

    private List<Pod> readyPods() {
        return pods.stream().filter(Pod::isReady).toList();
    }

    /** The next of the ready ones, by turns. */
    Pod next() {
        List<Pod> ready = readyPods();
        while (ready.isEmpty()) {
            await("a " + spec.role() + " is ready", () -> !readyPods().isEmpty());
            ready = readyPods();
        }
        return ready.get(Math.floorMod(turn.getAndIncrement(), ready.size()));
    }

    /** Replaces every pod, within the manifest's maxSurge and maxUnavailable. */
    void rollOut() throws IOException {
        List<Pod> old = new ArrayList<>(pods);
        int fresh = 0;
        while (!old.isEmpty() || fresh < replicas || readyPods().size() < replicas) {
            if (fresh < replicas && pods.size() < replicas + spec.maxSurge()) {
                startPod();
                fresh++;
            } else if (!old.isEmpty() && mayLoseOne()) {
                delete(old.removeFirst());
            } else {
                await(
                        "enough pods are ready",
                        () -> old.isEmpty() ? readyPods().size() >= replicas : mayLoseOne());
            }
        }
    }

    private boolean mayLoseOne() {
        return readyPods().size() > replicas - spec.maxUnavailable();
    }

    private void delete(Pod pod) {
        pods.remove(pod);
        ends.add(deletions.submit(pod::delete));
    }

    /** Deletes all, as {@code kubectl delete} does. */
    void delete() {
        pods.forEach(this::delete);
    }

    /** How those ended that were deleted. */
    List<Pod.End> ends() throws Exception {
        List<Pod.End> all = new ArrayList<>();
        for (Future<Pod.End> end : ends) {
            all.add(end.get());
        }
        return all;
    }

    List<Pod> everStarted() {
        return everStarted;
    }

    @Override
    public void close() {
        deletions.shutdownNow();
        everStarted.forEach(Pod::close);
    }
}
