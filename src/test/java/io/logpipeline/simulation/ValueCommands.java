package io.logpipeline.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/** The commands on strings, lists, hashes and expiry, in the forms that the scripts use. */
final class ValueCommands {
    private static final int KEY_BYTES = 40;
    private static final int ELEMENT_BYTES = 2;

    private final Keyspace keys;
    private final SimulatedClock clock;

    ValueCommands(Keyspace keys, SimulatedClock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    LuaValue execute(String command, LuaString... words) {
        LuaString key = words.length > 1 ? words[1] : null;
        return switch (command) {
            case "TIME" -> time();
            case "EXISTS" -> LuaValue.valueOf(keys.read(key) == null ? 0 : 1);
            case "TYPE" -> type(key);
            case "GET" -> string(key);
            case "SET" -> set(words);
            case "DEL" -> LuaValue.valueOf(keys.read(key) != null && keys.remove(key) ? 1 : 0);
            case "RENAME" -> rename(key, words[2]);
            case "PERSIST" -> persist(key);
            case "EXPIRE" -> expire(key, clock.millis() + 1000 * SimulatedRedis.parse(words[2]));
            case "PEXPIRE" -> expire(key, clock.millis() + SimulatedRedis.parse(words[2]));
            case "PTTL" -> remaining(key);
            case "MEMORY" -> memoryUsage(words[2]);
            case "RPUSH" -> push(words);
            case "LLEN" -> LuaValue.valueOf(list(key).size());
            case "LRANGE" -> range(key, words[2], words[3]);
            case "LTRIM" -> trim(key, words[2]);
            case "HSET" -> hset(words, true);
            case "HSETNX" -> hset(words, false);
            case "HGET" -> field(key, words[2]);
            case "HMGET" -> hmget(words);
            case "HDEL" -> hdel(key, words[2]);
            default -> throw new AssertionError("not simulated: " + command);
        };
    }

    private static LuaError wrongType() {
        return new LuaError("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    private LuaValue time() {
        long micros = clock.micros();
        return LuaValue.listOf(
                new LuaValue[] {
                    LuaValue.valueOf(Long.toString(micros / 1_000_000)),
                    LuaValue.valueOf(Long.toString(micros % 1_000_000))
                });
    }

    private LuaValue type(LuaString key) {
        Keyspace.Entry entry = keys.read(key);
        LuaTable status = new LuaTable();
        status.set(
                "ok",
                entry == null
                        ? "none"
                        : switch (entry.value) {
                            case List<?> list -> "list";
                            case Map<?, ?> hash -> "hash";
                            case Stream stream -> "stream";
                            default -> "string";
                        });
        return status;
    }

    private LuaValue string(LuaString key) {
        Keyspace.Entry entry = keys.read(key);
        if (entry == null) {
            return LuaValue.FALSE;
        }
        if (entry.value instanceof LuaString value) {
            return value;
        }
        throw wrongType();
    }

    private LuaValue set(LuaString[] words) {
        long expiresAtMillis = Keyspace.NEVER;
        boolean onlyNew = false;
        for (int i = 3; i < words.length; i++) {
            switch (words[i].tojstring()) {
                case "NX" -> onlyNew = true;
                case "EX" ->
                        expiresAtMillis = clock.millis() + 1000 * SimulatedRedis.parse(words[++i]);
                case "PX" -> expiresAtMillis = clock.millis() + SimulatedRedis.parse(words[++i]);
                default -> throw new AssertionError("not simulated: SET " + words[i]);
            }
        }
        if (onlyNew && keys.read(words[1]) != null) {
            return LuaValue.FALSE;
        }
        keys.put(words[1], words[2], expiresAtMillis);
        return SimulatedRedis.OK;
    }

    private LuaValue rename(LuaString from, LuaString to) {
        if (!keys.rename(from, to)) {
            throw new LuaError("ERR no such key");
        }
        return SimulatedRedis.OK;
    }

    private LuaValue persist(LuaString key) {
        Keyspace.Entry entry = keys.read(key);
        if (entry == null || entry.expiresAtMillis == Keyspace.NEVER) {
            return LuaValue.ZERO;
        }
        return expire(key, Keyspace.NEVER);
    }

    private LuaValue expire(LuaString key, long atMillis) {
        return keys.expire(key, atMillis) ? LuaValue.ONE : LuaValue.ZERO;
    }

    private LuaValue remaining(LuaString key) {
        Keyspace.Entry entry = keys.read(key);
        if (entry == null) {
            return LuaValue.valueOf(-2);
        }
        return LuaValue.valueOf(
                entry.expiresAtMillis == Keyspace.NEVER
                        ? -1
                        : (double) (entry.expiresAtMillis - clock.millis()));
    }

    /** About as much as Redis would say of a list. */
    private LuaValue memoryUsage(LuaString key) {
        return LuaValue.valueOf(
                KEY_BYTES
                        + list(key).stream()
                                .mapToInt(element -> element.m_length + ELEMENT_BYTES)
                                .sum());
    }

    @SuppressWarnings("unchecked")
    private static List<LuaString> asList(Object value) {
        if (value instanceof List<?> list) {
            return (List<LuaString>) list;
        }
        throw wrongType();
    }

    @SuppressWarnings("unchecked")
    private static Map<LuaString, LuaString> asHash(Object value) {
        if (value instanceof Map<?, ?> hash) {
            return (Map<LuaString, LuaString>) hash;
        }
        throw wrongType();
    }

    private List<LuaString> list(LuaString key) {
        Keyspace.Entry entry = keys.read(key);
        return entry == null ? List.of() : asList(entry.value);
    }

    private LuaValue push(LuaString[] words) {
        Object value = keys.change(words[1]);
        List<LuaString> list = value == null ? new ArrayList<>() : asList(value);
        if (value == null) {
            keys.put(words[1], list, Keyspace.NEVER);
        }
        for (int i = 2; i < words.length; i++) {
            list.add(words[i]);
        }
        return LuaValue.valueOf(list.size());
    }

    private LuaValue range(LuaString key, LuaString from, LuaString to) {
        List<LuaString> list = list(key);
        int first = Math.min((int) SimulatedRedis.parse(from), list.size());
        int last = Math.min((int) SimulatedRedis.parse(to), list.size() - 1);
        LuaTable part = new LuaTable();
        for (int i = first; i <= last; i++) {
            part.set(i - first + 1, list.get(i));
        }
        return part;
    }

    private LuaValue trim(LuaString key, LuaString from) {
        Object value = keys.change(key);
        if (value != null) {
            List<LuaString> list = asList(value);
            list.subList(0, Math.min((int) SimulatedRedis.parse(from), list.size())).clear();
            if (list.isEmpty()) {
                keys.remove(key);
            }
        }
        return SimulatedRedis.OK;
    }

    private LuaValue hset(LuaString[] words, boolean replace) {
        Object value = keys.change(words[1]);
        Map<LuaString, LuaString> hash = value == null ? new LinkedHashMap<>() : asHash(value);
        if (value == null) {
            keys.put(words[1], hash, Keyspace.NEVER);
        }
        int added = 0;
        for (int i = 2; i < words.length; i += 2) {
            LuaString before =
                    replace
                            ? hash.put(words[i], words[i + 1])
                            : hash.putIfAbsent(words[i], words[i + 1]);
            added += before == null ? 1 : 0;
        }
        return LuaValue.valueOf(added);
    }

    private LuaValue field(LuaString key, LuaString field) {
        Keyspace.Entry entry = keys.read(key);
        LuaString value = entry == null ? null : asHash(entry.value).get(field);
        return value == null ? LuaValue.FALSE : value;
    }

    private LuaValue hmget(LuaString[] words) {
        LuaTable found = new LuaTable();
        for (int i = 2; i < words.length; i++) {
            found.set(i - 1, field(words[1], words[i]));
        }
        return found;
    }

    private LuaValue hdel(LuaString key, LuaString field) {
        Object value = keys.change(key);
        if (value == null || asHash(value).remove(field) == null) {
            return LuaValue.ZERO;
        }
        if (asHash(value).isEmpty()) {
            keys.remove(key);
        }
        return LuaValue.ONE;
    }
}
