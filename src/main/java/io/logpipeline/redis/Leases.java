package io.logpipeline.redis;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What processes of ours agree on through Redis: who sweeps, which volume is drained to, the store.
 */
public final class Leases {
    private static final String CLUSTER_STORE = "cluster";

    private final RedisCalls calls;

    public Leases(RedisCalls calls) {
        this.calls = calls;
    }

    /** Takes or renews the sweeper's lock; false while another process has it. */
    public boolean leadSweep(String token, Duration lease)
            throws RedisFailure, InterruptedException {
        return lease(RedisKeys.SWEEPER, token, lease).isEmpty();
    }

    /** Gives the sweeper's lock back. */
    public void endSweep(String token) throws RedisFailure, InterruptedException {
        Reply unused =
                calls.await(
                        calls.run(
                                Script.RELEASE,
                                List.of(RedisKeys.SWEEPER),
                                PendingStream.arguments(token)));
    }

    /**
     * Says that live drainers write to this volume.
     *
     * @return the id of another volume that live drainers write to; empty when there is none
     */
    public Optional<String> volume(String volumeId, Duration lease)
            throws RedisFailure, InterruptedException {
        return lease(RedisKeys.VOLUME, volumeId, lease);
    }

    /** Whether Redis refuses a claim by an admission that is over. A cluster can't. */
    public boolean guardClaims() {
        return calls.topology() == Topology.ONE_SERVER;
    }

    /**
     * The id of this Redis store: another one after it forgot everything. A cluster has the same
     * one for ever: one of its masters may forget while the others do not, so that no file is ever
     * older than all that it has.
     */
    public String store() throws RedisFailure, InterruptedException {
        if (calls.topology() == Topology.CLUSTER) {
            return CLUSTER_STORE;
        }
        return calls.await(
                        calls.run(
                                Script.STORE,
                                List.of(RedisKeys.STORE),
                                PendingStream.arguments(UUID.randomUUID())))
                .text(1);
    }

    private Optional<String> lease(String key, String token, Duration lease)
            throws RedisFailure, InterruptedException {
        Reply reply =
                calls.await(
                        calls.run(
                                Script.LEASE,
                                List.of(key),
                                PendingStream.arguments(token, lease.toMillis())));
        return switch (reply.word()) {
            case "HELD" -> Optional.empty();
            case "OTHER" -> Optional.of(reply.text(1));
            default -> throw reply.unknown(Script.LEASE);
        };
    }
}
