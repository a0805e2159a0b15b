package io.logpipeline.topology;

import io.logpipeline.testing.PipelineProcess;

/** A drainer that is killed now and then, and followed by another one. */
final class MortalDrainer implements AutoCloseable {
    private final PipelineProcess.Builder builder;
    private final StringBuilder lastWords = new StringBuilder();
    private PipelineProcess process;
    private int kills;

    MortalDrainer(PipelineProcess.Builder builder) {
        this.builder = builder;
        this.process = builder.startReady();
    }

    /** SIGKILL, whatever it has in hand; the next one starts while Redis is as it is. */
    void kill() {
        process.kill();
        lastWords.append(process.output());
        kills++;
        process = builder.start();
    }

    void awaitReady() {
        process.awaitReady();
    }

    int kills() {
        return kills;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** All that any of them wrote. */
    String output() {
        return lastWords + process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
