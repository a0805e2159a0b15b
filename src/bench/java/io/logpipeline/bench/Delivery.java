package io.logpipeline.bench;

import java.nio.file.Path;
import java.util.List;

/** A pipeline that runs, from where events are given to it to files. */
interface Delivery extends AutoCloseable {
    String name();

    /** From its first process to when all of it says that it is ready. */
    double startSeconds();

    /** All of it that is not in this process. */
    List<ServerProcess> processes();

    /** Below this directory the events land, one a line. */
    Path output();

    /** Lets a load call it. */
    Senders senders();

    /** Whether all may have landed; a false one spares the look at the files. */
    default boolean mayHaveLanded() {
        return true;
    }
}
