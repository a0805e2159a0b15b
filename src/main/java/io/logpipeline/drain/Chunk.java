package io.logpipeline.drain;

import io.logpipeline.file.Sighting;
import io.logpipeline.redis.ClaimOutcome;

/**
 * What is claimed of a list at once.
 *
 * @param claim what the claim found
 * @param sighting how the file was seen before it
 * @param room what its elements take, given back when it is closed
 */
record Chunk(ClaimOutcome claim, Sighting sighting, MemoryBudget.Reservation room)
        implements AutoCloseable {
    @Override
    public void close() {
        room.close();
    }
}
