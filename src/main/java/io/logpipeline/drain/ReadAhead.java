package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.Sighting;
import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.CommitOutcome;
import io.logpipeline.redis.RedisFailure;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What comes behind a chunk, read while that is written: a long list takes as long as its reads or
 * its writes, not both. For one thread.
 *
 * <p>Invariant: nothing of it is appended before the chunk's commit claimed it, which is sent when
 * the file was looked at, as any claim is.
 */
final class ReadAhead implements AutoCloseable {
    private final Claims claims;
    private final Chunks chunks;
    private final MemoryBudget.Reservation room;
    private final CompletionStage<List<byte[]>> reading;
    private List<byte[]> elements = List.of();
    private @Nullable Sighting sighting;

    ReadAhead(
            Claims claims,
            Chunks chunks,
            MemoryBudget.Reservation room,
            CompletionStage<List<byte[]>> reading) {
        this.claims = claims;
        this.chunks = chunks;
        this.room = room;
        this.reading = reading;
    }

    /**
     * Waits for what is read, and looks at the file.
     *
     * @param position where the chunk ends in it, in bytes
     * @return what the chunk's commit may claim it by; null where the next claim is to be as any
     *     other: a file that goes on there has lines of which only that one knows what to do
     */
    Claims.@Nullable Admission admission(UserDay userDay, long position)
            throws IOException, InterruptedException {
        try {
            elements = claims.await(reading);
        } catch (RedisFailure failure) {
            // If it is more than this call, the next one tells.
            return null;
        }
        room.keepFor(elements);
        if (elements.isEmpty()) {
            return null;
        }
        Chunks.Basis basis = chunks.look(userDay);
        sighting = basis.sighting();
        boolean endsThere = sighting.file().stream().anyMatch(f -> f.sizeBytes() == position);
        return endsThere ? basis.admission() : null;
    }

    /** The next chunk, which has the room from here on. */
    Chunk chunk(CommitOutcome.GoesOn commit, long position) {
        var claimed =
                new ClaimOutcome.Claimed(commit.batchId(), position, elements, commit.total());
        return new Chunk(claimed, Objects.requireNonNull(sighting), room.pass());
    }

    /** Gives the room back, which the answer takes until it is there. */
    @Override
    public void close() {
        room.keepUntil(reading);
    }
}
