package io.logpipeline.redis;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;

/** How keys are spread over servers. */
public enum Topology {
    /**
     * One server has all keys, whichever of Sentinel's it is now: a script may name any of them.
     */
    ONE_SERVER(1, 2),

    /**
     * Each master has some of the hash slots: a script names keys of one. One call of a lane is
     * unanswered at a time, because two that are redirected could overtake each other.
     */
    CLUSTER(256, 1);

    private final int lanes;
    private final int unansweredCallsMax;

    Topology(int lanes, int unansweredCallsMax) {
        this.lanes = lanes;
        this.unansweredCallsMax = unansweredCallsMax;
    }

    /** The hash slot of a key; keys of one may go with one call. */
    int slot(String key) {
        return switch (this) {
            case ONE_SERVER -> 0;
            case CLUSTER -> SlotHash.getSlot(key.getBytes(StandardCharsets.ISO_8859_1));
        };
    }

    /** How many lanes pushes go in, each of them unhindered by the others. */
    int lanes() {
        return lanes;
    }

    /** The lane of a slot: neighbours share one, because they mostly share a master. */
    int lane(int slot) {
        return slot * lanes / SlotHash.SLOT_COUNT;
    }

    /** How many calls of one lane may be unanswered. */
    int unansweredCallsMax() {
        return unansweredCallsMax;
    }
}
