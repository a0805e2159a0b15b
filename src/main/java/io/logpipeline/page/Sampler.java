package io.logpipeline.page;

import io.logpipeline.page.History.Sample;
import io.logpipeline.telemetry.Figures;
import io.logpipeline.telemetry.PipelineState;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notes once a second how things stand, whether anybody watches or not; asks Redis who drains only
 * while somebody does. No watchdog misses it: a process is not to be restarted for its page.
 */
final class Sampler {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Subject subject;
    private final History history;
    private final ReplicaLook replicas;
    private final Watchers watchers;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private Figures before;
    private long beforeNanos;

    Sampler(Subject subject, History history, ReplicaLook replicas, Watchers watchers) {
        this.subject = subject;
        this.history = history;
        this.replicas = replicas;
        this.watchers = watchers;
        this.before = subject.figures().get();
        this.beforeNanos = subject.clock().nanoTime();
        this.thread = Thread.ofPlatform().daemon().name("page").unstarted(this::sampleUntilClosed);
    }

    void start() {
        thread.start();
    }

    private void sampleUntilClosed() {
        try {
            while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                turn();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is done each second. */
    void turn() {
        noteFailures();
        history.add(sample());
        if (watchers.count() > 0) {
            replicas.ask();
        }
        watchers.beat();
    }

    private void noteFailures() {
        if (subject.state().isStarted() && !subject.state().redisUp()) {
            subject.failures().redisAway();
        }
        if (subject.logDirUnusable()) {
            subject.failures().logDirUnusable();
        }
    }

    private Sample sample() {
        Figures now = subject.figures().get();
        long nanos = subject.clock().nanoTime();
        double seconds = Math.max(1, nanos - beforeNanos) / 1e9;
        PipelineState.Pending pending = subject.state().pending();
        Sample sample =
                new Sample(
                        nanos,
                        subject.state().redisUp(),
                        pending.lag().toMillis() / 1e3,
                        pending.keys(),
                        (now.eventsAccepted() - before.eventsAccepted()) / seconds,
                        (now.eventsDrained() - before.eventsDrained()) / seconds);
        before = now;
        beforeNanos = nanos;
        return sample;
    }

    void stop() {
        closed.countDown();
    }
}
