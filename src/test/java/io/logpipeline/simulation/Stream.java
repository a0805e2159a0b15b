package io.logpipeline.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.luaj.vm2.LuaString;

/** A stream and its groups, as Redis 7 keeps them. */
final class Stream {
    /** {@code <milliseconds>-<number>}. */
    record Id(long millis, long number) implements Comparable<Id> {
        static final Id ZERO = new Id(0, 0);

        static Id of(String text) {
            int dash = text.indexOf('-');
            return dash < 0
                    ? new Id(Long.parseLong(text), 0)
                    : new Id(
                            Long.parseLong(text, 0, dash, 10),
                            Long.parseLong(text, dash + 1, text.length(), 10));
        }

        @Override
        public int compareTo(Id other) {
            int byMillis = Long.compare(millis, other.millis);
            return byMillis != 0 ? byMillis : Long.compare(number, other.number);
        }

        @Override
        public String toString() {
            return millis + "-" + number;
        }
    }

    /** An entry that a consumer has and did not acknowledge. */
    record Pending(LuaString consumer, long deliveredMillis) {}

    static final class Group {
        Id lastDelivered = Id.ZERO;
        final TreeMap<Id, Pending> pending;
        final Map<LuaString, Long> consumersSeenMillis;

        Group(Id lastDelivered) {
            this(lastDelivered, new TreeMap<>(), new HashMap<>());
        }

        private Group(Id lastDelivered, TreeMap<Id, Pending> pending, Map<LuaString, Long> seen) {
            this.lastDelivered = lastDelivered;
            this.pending = pending;
            this.consumersSeenMillis = seen;
        }

        private Group copy() {
            return new Group(
                    lastDelivered, new TreeMap<>(pending), new HashMap<>(consumersSeenMillis));
        }

        int pendingOf(LuaString consumer) {
            int count = 0;
            for (Pending each : pending.values()) {
                count += each.consumer.equals(consumer) ? 1 : 0;
            }
            return count;
        }
    }

    private static final int LOOKS_PER_ENTRY = 10;

    final TreeMap<Id, List<LuaString>> entries;
    final Map<LuaString, Group> groups;
    private Id last;
    private long entriesAdded;

    Stream() {
        this(new TreeMap<>(), new HashMap<>(), Id.ZERO, 0);
    }

    private Stream(
            TreeMap<Id, List<LuaString>> entries,
            Map<LuaString, Group> groups,
            Id last,
            long entriesAdded) {
        this.entries = entries;
        this.groups = groups;
        this.last = last;
        this.entriesAdded = entriesAdded;
    }

    /** Since it began, those that are gone too. */
    long entriesAdded() {
        return entriesAdded;
    }

    Stream copy() {
        Map<LuaString, Group> copies = new HashMap<>();
        groups.forEach((name, group) -> copies.put(name, group.copy()));
        return new Stream(new TreeMap<>(entries), copies, last, entriesAdded);
    }

    Id add(long millis, List<LuaString> fields) {
        last = millis > last.millis ? new Id(millis, 0) : new Id(last.millis, last.number + 1);
        entries.put(last, fields);
        entriesAdded++;
        return last;
    }

    /** Hands out what nobody was given yet. */
    List<Id> deliver(Group group, LuaString consumer, int countMax, long nowMillis) {
        group.consumersSeenMillis.put(consumer, nowMillis);
        List<Id> delivered = new ArrayList<>();
        for (Id id : entries.tailMap(group.lastDelivered, false).keySet()) {
            if (delivered.size() == countMax) {
                break;
            }
            delivered.add(id);
        }
        for (Id id : delivered) {
            group.pending.put(id, new Pending(consumer, nowMillis));
            group.lastDelivered = id;
        }
        return delivered;
    }

    /** Where to look on, and what was claimed. */
    record Claimed(Id next, List<Id> ids) {}

    /** Takes over what was not touched for so long; what is deleted is forgotten on the way. */
    Claimed autoClaim(
            Group group,
            LuaString consumer,
            long idleMillis,
            Id from,
            int countMax,
            long nowMillis) {
        group.consumersSeenMillis.put(consumer, nowMillis);
        List<Id> claimed = new ArrayList<>();
        int looks = LOOKS_PER_ENTRY * countMax;
        for (Id id : List.copyOf(group.pending.tailMap(from, true).keySet())) {
            if (looks-- == 0 || claimed.size() == countMax) {
                return new Claimed(id, claimed);
            }
            if (!entries.containsKey(id)) {
                group.pending.remove(id);
            } else if (nowMillis - group.pending.get(id).deliveredMillis >= idleMillis) {
                group.pending.put(id, new Pending(consumer, nowMillis));
                claimed.add(id);
            }
        }
        return new Claimed(Id.ZERO, claimed);
    }

    /**
     * Gives one entry to a consumer as if it had lain untouched for so long; false if it's gone.
     */
    boolean claim(Group group, LuaString consumer, Id id, long idleMillis, long nowMillis) {
        group.consumersSeenMillis.put(consumer, nowMillis);
        if (!group.pending.containsKey(id)) {
            return false;
        }
        if (!entries.containsKey(id)) {
            group.pending.remove(id);
            return false;
        }
        group.pending.put(id, new Pending(consumer, nowMillis - idleMillis));
        return true;
    }
}
