package io.logpipeline.bench;

import java.io.IOException;
import java.time.Duration;

/** A way to bring the events of a load into files, run by a {@link DrainPeer}. */
interface DrainAlgorithm {
    /** Gets ready; not measured. */
    default void prepare(DrainLoad load) {}

    /**
     * Drains until all is drained, or no longer than {@code limit} where it can stop half way.
     *
     * @return how many events landed
     */
    long drain(DrainLoad load, Duration limit) throws IOException, InterruptedException;
}
