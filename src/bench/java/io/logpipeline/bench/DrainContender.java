package io.logpipeline.bench;

import java.io.IOException;
import java.time.Duration;

/** Something that brings the events of a load into files. */
interface DrainContender {
    String name();

    /** Gets ready, after {@link #rest} too; not measured. */
    default void prepare(DrainLoad load) throws IOException, InterruptedException {}

    /** Returns when the first event is about to be drained. */
    default void begin() {}

    /**
     * Drains until all is drained, or no longer than {@code limit} where it can stop half way.
     *
     * @return how many events landed
     */
    long drain(DrainLoad load, Duration limit) throws IOException, InterruptedException;

    /** Takes no part in what others drain, until it is to get ready again. */
    default void rest() throws IOException, InterruptedException {}

    /** User and system time so far, Redis' apart. */
    default double cpuSeconds() throws IOException {
        return ServerProcess.cpuSecondsOf(ProcessHandle.current().pid());
    }

    /** The most resident memory since {@link #prepare}, of all its processes; 0 when not known. */
    default long peakMebibytes() throws IOException {
        return 0;
    }
}
