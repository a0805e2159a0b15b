package io.logpipeline.bench;

import java.io.IOException;
import java.time.Duration;

/** Something that brings the events of a load into files. */
interface DrainContender extends AutoCloseable {
    String name();

    /** Whether the lists of what it drained are gone from Redis. */
    default boolean empties() {
        return true;
    }

    /** Gets ready, after {@link #rest} too; not measured. */
    void prepare(DrainLoad load) throws IOException, InterruptedException;

    /** Returns when the first event is about to be drained. */
    default void begin() {}

    /**
     * Drains until all is drained, or no longer than {@code limit} where it can stop half way.
     *
     * @return how many events landed
     */
    long drain(DrainLoad load, Duration limit) throws IOException, InterruptedException;

    /** Takes no part in what others drain, until it is to get ready again. */
    void rest() throws IOException, InterruptedException;

    /** User and system time so far, Redis' apart. */
    double cpuSeconds() throws IOException;

    /** The most resident memory since {@link #prepare}, of all its processes. */
    long peakMebibytes() throws IOException;

    @Override
    void close() throws IOException;
}
