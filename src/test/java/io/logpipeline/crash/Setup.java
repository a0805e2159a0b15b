package io.logpipeline.crash;

import java.util.Random;

/**
 * How the processes of one lane are set.
 *
 * @param chunkEvents how many events they take at once; two at least, so that a chunk can be half
 *     written
 * @param sync as {@code drainer.sync}
 */
record Setup(int chunkEvents, int workers, String sync) {
    static Setup standard() {
        return new Setup(3, 1, "file");
    }

    static Setup random(Random random) {
        return new Setup(2 + random.nextInt(4), 1 + random.nextInt(4), "file");
    }

    /** The same, with all files synced together. */
    Setup syncingTogether() {
        return new Setup(chunkEvents, workers, "filesystem");
    }
}
