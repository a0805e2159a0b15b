package io.logpipeline.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.luaj.vm2.LuaString;

/**
 * What a server holds, and each step that led there, to be undone. A value is a {@link LuaString},
 * a list, a hash or a {@link Stream}; it is never changed once the call that wrote it has ended.
 */
final class Keyspace {
    static final long NEVER = Long.MAX_VALUE;

    /** Told of a key that nobody removed. */
    interface Expired {
        void expired(String key, Object value, long atMillis);
    }

    static final class Entry {
        final Object value;
        final long expiresAtMillis;
        private final long call;

        private Entry(Object value, long expiresAtMillis, long call) {
            this.value = value;
            this.expiresAtMillis = expiresAtMillis;
            this.call = call;
        }
    }

    private record Step(LuaString key, Entry before) {}

    private record Moment(int steps, long atMillis) {}

    private final SimulatedClock clock;
    private final Expired expired;
    private final Map<LuaString, Entry> entries;
    private final List<Step> steps;
    private final List<Moment> moments;
    private long call;

    Keyspace(SimulatedClock clock, Expired expired) {
        this(clock, expired, new HashMap<>(), new ArrayList<>(), new ArrayList<>());
        moments.add(new Moment(0, clock.millis()));
    }

    private Keyspace(
            SimulatedClock clock,
            Expired expired,
            Map<LuaString, Entry> entries,
            List<Step> steps,
            List<Moment> moments) {
        this.clock = clock;
        this.expired = expired;
        this.entries = entries;
        this.steps = steps;
        this.moments = moments;
    }

    Keyspace copy(Expired told) {
        Keyspace copy =
                new Keyspace(
                        clock,
                        told,
                        new HashMap<>(entries),
                        new ArrayList<>(steps),
                        new ArrayList<>(moments));
        copy.call = call;
        return copy;
    }

    /** What one client's call did is done. */
    void endCall() {
        call++;
        if (steps.size() > moments.getLast().steps) {
            moments.add(new Moment(steps.size(), clock.millis()));
        }
    }

    int moments() {
        return moments.size();
    }

    long momentMillis(int moment) {
        return moments.get(moment).atMillis;
    }

    /** Forgets all that came after. */
    void fallBack(int moment) {
        int size = moments.get(moment).steps;
        while (steps.size() > size) {
            Step last = steps.removeLast();
            if (last.before == null) {
                entries.remove(last.key);
            } else {
                entries.put(last.key, last.before);
            }
        }
        moments.subList(moment + 1, moments.size()).clear();
        call++;
    }

    /** The value of a live key, not to be changed; null when there is none. */
    Entry read(LuaString key) {
        Entry entry = entries.get(key);
        if (entry != null && entry.expiresAtMillis <= clock.millis()) {
            remove(key);
            expired.expired(SimulatedRedis.text(key), entry.value, entry.expiresAtMillis);
            return null;
        }
        return entry;
    }

    /** The value of a live key, to be changed in place; null when there is none. */
    @SuppressWarnings("unchecked")
    Object change(LuaString key) {
        Entry entry = read(key);
        if (entry == null || entry.call == call) {
            return entry == null ? null : entry.value;
        }
        Object copy =
                switch (entry.value) {
                    case List<?> list -> new ArrayList<>((List<LuaString>) list);
                    case Map<?, ?> hash -> new LinkedHashMap<>((Map<LuaString, LuaString>) hash);
                    case Stream stream -> stream.copy();
                    default -> entry.value;
                };
        put(key, copy, entry.expiresAtMillis);
        return copy;
    }

    void put(LuaString key, Object value, long expiresAtMillis) {
        steps.add(new Step(key, entries.put(key, new Entry(value, expiresAtMillis, call))));
    }

    /** Gives a key another time to live; the value stays whoever's it was. */
    boolean expire(LuaString key, long atMillis) {
        Entry entry = read(key);
        if (entry == null) {
            return false;
        }
        Entry other = new Entry(entry.value, atMillis, entry.call);
        steps.add(new Step(key, entries.put(key, other)));
        return true;
    }

    boolean rename(LuaString from, LuaString to) {
        Entry entry = read(from);
        if (entry == null) {
            return false;
        }
        remove(from);
        steps.add(new Step(to, entries.put(to, entry)));
        return true;
    }

    boolean remove(LuaString key) {
        Entry before = entries.remove(key);
        if (before != null) {
            steps.add(new Step(key, before));
        }
        return before != null;
    }

    /** All that live, in order. */
    TreeSet<String> keys() {
        TreeSet<String> live = new TreeSet<>();
        for (LuaString key : List.copyOf(entries.keySet())) {
            if (read(key) != null) {
                live.add(SimulatedRedis.text(key));
            }
        }
        return live;
    }
}
