package io.logpipeline.redis;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which master has which slots, as a node of the cluster sees it.
 *
 * @param masters by slot; null where no master has it
 */
record SlotTable(List<NodeAddress> masters) {
    /** Nobody was asked yet. */
    static final SlotTable UNKNOWN = new SlotTable(Collections.nCopies(SlotHash.SLOT_COUNT, null));

    /**
     * Reads the reply of {@code CLUSTER SLOTS}.
     *
     * @param ranges first and last slot, the master, and replicas that are of no interest
     * @param hostOfSpeaker meant where a node does not know its own address
     */
    static SlotTable of(List<Object> ranges, String hostOfSpeaker) {
        NodeAddress[] masters = new NodeAddress[SlotHash.SLOT_COUNT];
        for (Object each : ranges) {
            List<?> range = (List<?>) each;
            List<?> master = (List<?>) range.get(2);
            Arrays.fill(
                    masters,
                    number(range.get(0)),
                    number(range.get(1)) + 1,
                    new NodeAddress(host(master.get(0), hostOfSpeaker), number(master.get(1))));
        }
        return new SlotTable(Arrays.asList(masters));
    }

    private static int number(Object value) {
        return Math.toIntExact((Long) value);
    }

    private static String host(Object value, String hostOfSpeaker) {
        return value instanceof byte[] bytes
                ? NodeAddress.hostMeant(new String(bytes, StandardCharsets.US_ASCII), hostOfSpeaker)
                : hostOfSpeaker;
    }

    Optional<NodeAddress> master(int slot) {
        return Optional.ofNullable(masters.get(slot));
    }

    /** All of them, in an order that stays. */
    SortedSet<NodeAddress> all() {
        SortedSet<NodeAddress> all = new TreeSet<>();
        NodeAddress before = null;
        for (NodeAddress master : masters) {
            if (master != null && !master.equals(before)) {
                all.add(master);
            }
            before = master;
        }
        return all;
    }

    /** The same, but for one slot. */
    SlotTable moved(int slot, NodeAddress master) {
        List<NodeAddress> changed = new ArrayList<>(masters);
        changed.set(slot, master);
        return new SlotTable(changed);
    }
}
