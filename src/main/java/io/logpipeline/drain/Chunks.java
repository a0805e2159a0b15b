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
    /**
     * What a claim goes by.
     *
     * @param admission null while this replica must not drain
     */
    record Basis(Claims.@Nullable Admission admission, Sighting sighting) {}

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
        Basis basis = look(userDay);
        Claims.Admission admission = basis.admission();
        Sighting sighting = basis.sighting().knowing(made);
        if (admission == null) {
            return new Chunk(new ClaimOutcome.NotAdmitted(), sighting, room);
        }
        // A file that is still not there is made by the first append, which turns back from it.
        int bytesMax = sighting.file().isEmpty() ? 0 : room.bytes();
        ClaimOutcome claim =
                claims.claim(held.entry, held.token, sighting.firstPosition(), admission, bytesMax);
        return new Chunk(claim, sighting, room);
    }

    /** What allows to claim a list, and how its file is now. */
    Basis look(UserDay userDay) throws IOException {
        // Taken before the sighting, which goes by its store.
        Claims.Admission admission = keeper.admission();
        return new Basis(admission, volume.sight(userDay));
    }

    private boolean admittedAnew() throws RedisFailure, InterruptedException {
        if (keeper.admission() == null) {
            return false;
        }
        keeper.admit();
        return keeper.admission() != null;
    }

    /**
     * Begins to read what comes behind a chunk; null where nothing does, without room for it, and
     * where a claim reads it for less.
     */
    @Nullable ReadAhead readAhead(String list, ClaimOutcome.Claimed claimed) {
        boolean isAll = claimed.elements().size() == claimed.total();
        // A claim without elements is for a file that is still not there.
        if (isAll || claimed.isLight() || claimed.elements().isEmpty()) {
            return null;
        }
        MemoryBudget.Reservation room = memory.tryReserve(claims.bytesMax());
        if (room == null) {
            return null;
        }
        ReadAhead ahead = null;
        try {
            ahead = new ReadAhead(claims, this, room, claims.readAhead(list, claimed));
            return ahead;
        } finally {
            if (ahead == null) {
                room.close();
            }
        }
    }
}
