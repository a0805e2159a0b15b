package io.logpipeline.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/** The commands on streams, in the forms that the scripts use. */
final class StreamCommands {
    private final Keyspace keys;
    private final SimulatedClock clock;

    StreamCommands(Keyspace keys, SimulatedClock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    LuaValue execute(String command, LuaString[] words) {
        return switch (command) {
            case "XADD" -> add(words);
            case "XLEN" -> LuaValue.valueOf(stream(words[1]).entries.size());
            case "XRANGE" -> range(words);
            case "XACK" -> acknowledge(words);
            case "XDEL" -> delete(words);
            case "XGROUP" -> group(words);
            case "XINFO" -> info(words);
            case "XREADGROUP" -> readGroup(words);
            case "XAUTOCLAIM" -> autoClaim(words);
            case "XCLAIM" -> claim(words);
            default -> throw new AssertionError("not simulated: " + command);
        };
    }

    private Stream stream(LuaString key) {
        Keyspace.Entry entry = keys.read(key);
        return entry == null ? new Stream() : (Stream) entry.value;
    }

    private Stream changed(LuaString key) {
        Object stream = keys.change(key);
        if (stream == null) {
            Stream fresh = new Stream();
            keys.put(key, fresh, Keyspace.NEVER);
            return fresh;
        }
        return (Stream) stream;
    }

    private Stream.Group group(LuaString key, LuaString name, boolean toBeChanged) {
        Stream.Group group =
                keys.read(key) == null
                        ? null
                        : (toBeChanged ? changed(key) : stream(key)).groups.get(name);
        if (group == null) {
            throw new LuaError("NOGROUP No such key or consumer group");
        }
        return group;
    }

    private static LuaString id(Stream.Id id) {
        return LuaString.valueOf(id.toString());
    }

    private static int number(LuaString word) {
        return (int) SimulatedRedis.parse(word);
    }

    private static LuaTable entry(Stream.Id id, List<LuaString> fields) {
        return LuaValue.listOf(
                new LuaValue[] {id(id), LuaValue.listOf(fields.toArray(LuaValue[]::new))});
    }

    private static LuaTable entries(Stream stream, List<Stream.Id> ids) {
        return LuaValue.listOf(
                ids.stream().map(id -> entry(id, stream.entries.get(id))).toArray(LuaValue[]::new));
    }

    /** XADD key * field value … */
    private LuaValue add(LuaString[] words) {
        Stream stream = changed(words[1]);
        return id(
                stream.add(
                        clock.millis(),
                        List.copyOf(Arrays.asList(words).subList(3, words.length))));
    }

    /** XRANGE key start end COUNT n */
    private LuaValue range(LuaString[] words) {
        String start = words[2].tojstring();
        NavigableMap<Stream.Id, List<LuaString>> entries = stream(words[1]).entries;
        if (start.startsWith("(")) {
            entries = entries.tailMap(Stream.Id.of(start.substring(1)), false);
        } else if (!start.equals("-")) {
            entries = entries.tailMap(Stream.Id.of(start), true);
        }
        int countMax = number(words[5]);
        LuaTable found = new LuaTable();
        int count = 0;
        for (Map.Entry<Stream.Id, List<LuaString>> each : entries.entrySet()) {
            if (count == countMax) {
                break;
            }
            found.set(++count, entry(each.getKey(), each.getValue()));
        }
        return found;
    }

    /** XACK key group id … */
    private LuaValue acknowledge(LuaString[] words) {
        if (keys.read(words[1]) == null || !stream(words[1]).groups.containsKey(words[2])) {
            return LuaValue.ZERO;
        }
        int count = 0;
        Stream.Group group = group(words[1], words[2], true);
        for (int i = 3; i < words.length; i++) {
            count += group.pending.remove(Stream.Id.of(words[i].tojstring())) == null ? 0 : 1;
        }
        return LuaValue.valueOf(count);
    }

    /** XDEL key id … */
    private LuaValue delete(LuaString[] words) {
        if (keys.read(words[1]) == null) {
            return LuaValue.ZERO;
        }
        int count = 0;
        Stream stream = changed(words[1]);
        for (int i = 2; i < words.length; i++) {
            count += stream.entries.remove(Stream.Id.of(words[i].tojstring())) == null ? 0 : 1;
        }
        return LuaValue.valueOf(count);
    }

    /** XGROUP CREATE key group 0 MKSTREAM, XGROUP DELCONSUMER key group consumer */
    private LuaValue group(LuaString[] words) {
        if (words[1].tojstring().equals("CREATE")) {
            Stream stream = changed(words[2]);
            if (stream.groups.containsKey(words[3])) {
                throw new LuaError("BUSYGROUP Consumer Group name already exists");
            }
            stream.groups.put(words[3], new Stream.Group(Stream.Id.of(words[4].tojstring())));
            return SimulatedRedis.OK;
        }
        Stream.Group group = group(words[2], words[3], true);
        int pending = group.pendingOf(words[4]);
        group.pending.values().removeIf(each -> each.consumer().equals(words[4]));
        group.consumersSeenMillis.remove(words[4]);
        return LuaValue.valueOf(pending);
    }

    /** XINFO STREAM key, XINFO GROUPS key, XINFO CONSUMERS key group */
    private LuaValue info(LuaString[] words) {
        if (keys.read(words[2]) == null) {
            throw new LuaError("ERR no such key");
        }
        if (words[1].tojstring().equals("STREAM")) {
            return LuaValue.listOf(
                    new LuaValue[] {
                        LuaValue.valueOf("entries-added"),
                        LuaValue.valueOf((double) stream(words[2]).entriesAdded())
                    });
        }
        List<LuaValue> all = new ArrayList<>();
        if (words[1].tojstring().equals("GROUPS")) {
            stream(words[2])
                    .groups
                    .forEach((name, group) ->
                            all.add(
                                    LuaValue.listOf(
                                            new LuaValue[] {
                                                LuaValue.valueOf("name"),
                                                name,
                                                LuaValue.valueOf("last-delivered-id"),
                                                id(group.lastDelivered)
                                            })));
        } else {
            Stream.Group group = group(words[2], words[3], false);
            group.consumersSeenMillis.forEach((name, seenMillis) ->
                    all.add(
                            LuaValue.listOf(
                                    new LuaValue[] {
                                        LuaValue.valueOf("name"),
                                        name,
                                        LuaValue.valueOf("pending"),
                                        LuaValue.valueOf(group.pendingOf(name)),
                                        LuaValue.valueOf("idle"),
                                        LuaValue.valueOf((double) (clock.millis() - seenMillis))
                                    })));
        }
        return LuaValue.listOf(all.toArray(LuaValue[]::new));
    }

    /** XREADGROUP GROUP group consumer COUNT n STREAMS key > */
    private LuaValue readGroup(LuaString[] words) {
        Stream.Group group = group(words[7], words[2], true);
        Stream stream = stream(words[7]);
        List<Stream.Id> ids = stream.deliver(group, words[3], number(words[5]), clock.millis());
        return ids.isEmpty()
                ? LuaValue.FALSE
                : LuaValue.listOf(
                        new LuaValue[] {
                            LuaValue.listOf(new LuaValue[] {words[7], entries(stream, ids)})
                        });
    }

    /** XAUTOCLAIM key group consumer idle start COUNT n */
    private LuaValue autoClaim(LuaString[] words) {
        Stream.Group group = group(words[1], words[2], true);
        Stream stream = stream(words[1]);
        Stream.Claimed claimed =
                stream.autoClaim(
                        group,
                        words[3],
                        SimulatedRedis.parse(words[4]),
                        Stream.Id.of(words[5].tojstring()),
                        number(words[7]),
                        clock.millis());
        return LuaValue.listOf(new LuaValue[] {id(claimed.next()), entries(stream, claimed.ids())});
    }

    /** XCLAIM key group consumer 0 id IDLE ms JUSTID */
    private LuaValue claim(LuaString[] words) {
        Stream.Group group = group(words[1], words[2], true);
        boolean claimed =
                stream(words[1])
                        .claim(
                                group,
                                words[3],
                                Stream.Id.of(words[5].tojstring()),
                                SimulatedRedis.parse(words[7]),
                                clock.millis());
        return claimed ? LuaValue.listOf(new LuaValue[] {words[5]}) : new LuaTable();
    }
}
