package io.logpipeline.operations;

import io.logpipeline.operations.PodSpec.Probe;
import io.logpipeline.testing.FreePort;
import io.logpipeline.testing.PipelineProcess;
import io.logpipeline.testing.ProcessDump;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One process of ours under a kubelet: probed as its manifest says, and stopped so. Periods and
 * preStop pass {@value #SPEED} times as fast as on a node; time-outs and grace are as written.
 */
final class Pod implements AutoCloseable {
    private static final int SPEED = 10;

    /** How a pod ended. */
    record End(int status, boolean withinGrace, String output) {
        boolean clean() {
            return status == 0 && withinGrace && output.contains("Stopped");
        }
    }

    private final PodSpec spec;
    private final PipelineProcess process;
    private final int observePort;
    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch deleted = new CountDownLatch(1);
    private volatile boolean ready;
    private volatile boolean notLive;
    private volatile int port;

    private Pod(PodSpec spec, PipelineProcess process, int observePort) {
        this.spec = spec;
        this.process = process;
        this.observePort = observePort;
    }

    /** Started, and probed from now on. */
    static Pod start(PodSpec spec, Path directory, String redisUrl) throws IOException {
        int observePort = FreePort.next();
        PipelineProcess process =
                PipelineProcess.of(directory, spec.role())
                        .argument("--config")
                        .argument(PodSpec.SETTINGS.toString())
                        .redis(redisUrl)
                        // A slow machine is not one of the faults.
                        .with("REDIS_TIMEOUT_MS", "20000")
                        .with("SERVER_HOST", "127.0.0.1")
                        .with("OBSERVE_PORT", Integer.toString(observePort))
                        .with("DRAINER_LOG_DIR", "logs")
                        .start();
        Pod pod = new Pod(spec, process, observePort);
        Thread.ofVirtual().name("kubelet").start(pod::probeUntilDeleted);
        return pod;
    }

    /** In the load balancer: it answers its probes and is not being deleted. */
    boolean isReady() {
        return ready && deleted.getCount() > 0;
    }

    /** A kubelet would have restarted it. */
    boolean failedLiveness() {
        return notLive || crashed();
    }

    /** It ended although nobody deleted it. */
    boolean crashed() {
        return !process.isAlive() && deleted.getCount() > 0;
    }

    /** What it is at, for a failing test to say. */
    String state() {
        String threads = process.isAlive() ? ProcessDump.of(process.pid()) : "it ended\n";
        return "pod of %s, observed at port %d:\n%s%s"
                .formatted(spec.role(), observePort, threads, process.output());
    }

    int port() {
        return port;
    }

    private void probeUntilDeleted() {
        try {
            int failures = 0;
            while (!answers(spec.startup())) {
                notLive |= ++failures >= spec.startup().failureThreshold();
                if (pause(spec.startup().period())) {
                    return;
                }
            }
            port = process.port();
            Thread.ofVirtual().name("liveness").start(this::probeLiveness);
            failures = 0;
            do {
                failures = answers(spec.readiness()) ? 0 : failures + 1;
                ready = failures == 0 || ready && failures < spec.readiness().failureThreshold();
            } while (!pause(spec.readiness().period()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void probeLiveness() {
        try {
            int failures = 0;
            while (!pause(spec.liveness().period())) {
                failures = answers(spec.liveness()) ? 0 : failures + 1;
                notLive |= failures >= spec.liveness().failureThreshold();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the pod was deleted meanwhile. */
    private boolean pause(Duration onANode) throws InterruptedException {
        return deleted.await(onANode.dividedBy(SPEED).toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean answers(Probe probe) throws InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + observePort + probe.path());
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(probe.timeout()).build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException noAnswer) {
            return false;
        }
    }

    /** Out of the load balancer, preStop, SIGTERM, and at the end of the grace SIGKILL. */
    End delete() throws InterruptedException {
        deleted.countDown();
        TimeUnit.NANOSECONDS.sleep(spec.preStop().dividedBy(SPEED).toNanos());
        process.signal("TERM");
        boolean ended = process.endsWithin(spec.grace().minus(spec.preStop()));
        if (!ended) {
            process.kill();
        }
        return new End(process.awaitExit(), ended, process.output());
    }

    @Override
    public void close() {
        deleted.countDown();
        client.close();
        process.close();
    }
}
