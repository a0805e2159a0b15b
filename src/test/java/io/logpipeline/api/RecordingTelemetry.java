package io.logpipeline.api;

import io.logpipeline.telemetry.IngestTelemetry;
import io.logpipeline.telemetry.RequestOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Keeps what was reported. */
final class RecordingTelemetry implements IngestTelemetry {
    private final List<RequestOutcome> outcomes = new ArrayList<>();
    private int events;
    private long bytes;
    private int pushes;
    private volatile Consumer<RequestOutcome> beforeAnswer = outcome -> {};

    /** Something that is done before each answer, in its thread. */
    void beforeAnswer(Consumer<RequestOutcome> step) {
        beforeAnswer = step;
    }

    @Override
    public void requestAnswered(RequestOutcome outcome) {
        synchronized (this) {
            outcomes.add(outcome);
        }
        beforeAnswer.accept(outcome);
    }

    @Override
    public synchronized void eventsAccepted(int more, long moreBytes) {
        events += more;
        bytes += moreBytes;
    }

    @Override
    public synchronized void pushTook(Duration duration) {
        pushes++;
    }

    synchronized List<RequestOutcome> outcomes() {
        return List.copyOf(outcomes);
    }

    synchronized int events() {
        return events;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized int pushes() {
        return pushes;
    }
}
