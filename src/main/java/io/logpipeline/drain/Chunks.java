package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.file.Disk;
import io.logpipeline.file.LogVolume;
import io.logpipeline.file.Sighting;
import io.logpipeline.redis.ClaimOutcome;
import io.logpipeline.redis.Claims;
import io.logpipeline.redis.RedisFailure;
import io.logpipeline.telemetry.Watchdog.Heartbeat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Claims lists, chunk by chunk. For one thread. */
final class Chunks {
    private final Claims claims;
    private final VolumeKeeper keeper;
    private final LogVolume volume;
    private final MemoryBudget memory;
    private final Heartbeat heartbeat;

    Chunks(Drainer.Parts parts, Heartbeat heartbeat) {
        this.claims = parts.claims();
        this.keeper = parts.keeper();
        this.volume = parts.volume();
        this.memory = parts.memory();
        this.heartbeat = heartbeat;
    }

    /**
     * Claims a list's next chunk, when there is room for it.
     *
     * @param made the file, where this replica has just made it, or null
     * @param waitsForRoom whether for all that a chunk may take
     */
    Chunk claim(HeldEntry held, UserDay userDay, Disk.@Nullable Stat made, boolean waitsForRoom)
            throws RedisFailure, IOException, InterruptedException {
        MemoryBudget.Reservation room =
                memory.reserve(claims.bytesMax(), waitsForRoom, heartbeat::beat);
        boolean claimed = false;
        try {
            Chunk chunk = claim(held, userDay, made, room);
            if (chunk.claim() instanceof ClaimOutcome.NotAdmitted && admittedAnew()) {
                // What the new store's time says of the file is to be looked at again.
                chunk = claim(held, userDay, made, room);
            }
            claimed = true;
            return chunk;
        } finally {
            if (!claimed) {
                room.close();
            }
        }
    }

    private Chunk claim(
            HeldEntry held,
            UserDay userDay,
            Disk.@Nullable Stat made,
            MemoryBudget.Reservation room)
            throws RedisFailure, IOException, InterruptedException {
        // Taken before the sighting, which goes by its store.
        Claims.Admission admission = keeper.admission();
        Sighting sighting = volume.sight(userDay).knowing(made);
        if (admission == null) {
            return new Chunk(new ClaimOutcome.NotAdmitted(), sighting, room);
        }
        // A file that is still not there is made by the first append, which turns back from it.
        int bytesMax = sighting.file().isEmpty() ? 0 : room.bytes();
        ClaimOutcome claim =
                claims.claim(held.entry, held.token, sighting.firstPosition(), admission, bytesMax);
        return new Chunk(claim, sighting, room);
    }

    private boolean admittedAnew() throws RedisFailure, InterruptedException {
        if (keeper.admission() == null) {
            return false;
        }
        keeper.admit();
        return keeper.admission() != null;
    }

    /**
     * Begins to read what comes behind a chunk; null where nothing does, or without room for it.
     */
    @Nullable ReadAhead readAhead(String list, ClaimOutcome.Claimed claimed) {
        boolean isAll = claimed.elements().size() == claimed.total();
        // A claim without elements is for a file that is still not there.
        MemoryBudget.Reservation room =
                isAll || claimed.elements().isEmpty() ? null : memory.tryReserve(claims.bytesMax());
        return room == null
                ? null
                : new ReadAhead(claims, keeper, volume, room, claims.readAhead(list, claimed));
    }
}
