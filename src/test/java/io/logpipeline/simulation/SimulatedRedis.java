package io.logpipeline.simulation;

import io.logpipeline.redis.Script;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.VarArgFunction;
import org.luaj.vm2.lib.jse.JsePlatform;

/**
 * The commands that the scripts for lists use, on state that can be copied and put back. The
 * scripts are the production ones, run by a Lua interpreter. Values are ISO 8859-1 strings.
 */
public final class SimulatedRedis {
    private static final LuaValue TRUE = LuaValue.TRUE;

    /** A key's value and when it expires. */
    private static final class Entry {
        final Object value;
        long expiresAtMillis;

        Entry(Object value, long expiresAtMillis) {
            this.value = value;
            this.expiresAtMillis = expiresAtMillis;
        }

        @SuppressWarnings("unchecked")
        Entry copy() {
            Object copied =
                    switch (value) {
                        case List<?> list -> new ArrayList<>((List<String>) list);
                        case Map<?, ?> hash -> new LinkedHashMap<>((Map<String, String>) hash);
                        default -> value;
                    };
            return new Entry(copied, expiresAtMillis);
        }
    }

    /** Everything a server holds, to be put back by {@link #restore}. */
    public static final class Snapshot {
        private final Map<String, Entry> entries;

        private Snapshot(Map<String, Entry> entries) {
            this.entries = entries;
        }
    }

    private final Map<String, Entry> entries = new TreeMap<>();
    private final SimulatedClock clock;
    private final Scripts scripts;

    public SimulatedRedis(SimulatedClock clock, Scripts scripts) {
        this.clock = clock;
        this.scripts = scripts;
    }

    /** The scripts, compiled once for any number of servers in one thread. */
    public static final class Scripts {
        private final Globals globals = JsePlatform.standardGlobals();
        private final Map<Script, LuaValue> compiled = new EnumMap<>(Script.class);
        private SimulatedRedis server;

        /**
         * @param mutants scripts that differ from the production ones
         */
        public Scripts(Map<Script, String> mutants) {
            globals.set("unpack", globals.get("table").get("unpack"));
            LuaTable redis = new LuaTable();
            redis.set("call", new Call());
            globals.set("redis", redis);
            for (Script script : Script.values()) {
                String source = mutants.getOrDefault(script, script.source());
                compiled.put(
                        script, globals.load(source.replaceFirst("^#!.*\n", "\n"), script.name()));
            }
        }

        private LuaTable run(
                SimulatedRedis on, Script script, List<String> keys, List<String> arguments) {
            server = on;
            globals.set("KEYS", table(keys));
            globals.set("ARGV", table(arguments));
            return compiled.get(script).call().checktable();
        }

        private final class Call extends VarArgFunction {
            @Override
            public Varargs invoke(Varargs args) {
                String[] words = new String[args.narg()];
                for (int i = 0; i < words.length; i++) {
                    LuaValue word = args.arg(i + 1);
                    words[i] = word.type() == LuaValue.TNUMBER ? number(word) : word.tojstring();
                }
                return server.execute(words);
            }
        }
    }

    /** Runs a script; the answer's values are strings, as bytes, and longs. */
    public List<Object> run(Script script, List<String> keys, List<byte[]> arguments) {
        LuaTable reply =
                scripts.run(
                        this, script, keys, arguments.stream().map(SimulatedRedis::text).toList());
        List<Object> values = new ArrayList<>();
        for (int i = 1; i <= reply.length(); i++) {
            LuaValue value = reply.get(i);
            values.add(
                    value.type() == LuaValue.TNUMBER
                            ? (Object) value.tolong()
                            : text(value.tojstring()));
        }
        return values;
    }

    /** What the server holds now. */
    public Snapshot snapshot() {
        Map<String, Entry> copy = new HashMap<>();
        entries.forEach((key, entry) -> copy.put(key, entry.copy()));
        return new Snapshot(copy);
    }

    /** Forgets all that came after a snapshot. */
    public void restore(Snapshot snapshot) {
        entries.clear();
        snapshot.entries.forEach((key, entry) -> entries.put(key, entry.copy()));
    }

    /** The elements of a list; none when there is no such key. */
    public List<String> list(String key) {
        Entry entry = live(key);
        return entry == null ? List.of() : List.copyOf(asList(entry));
    }

    /** A field of a hash, or null. */
    public String field(String key, String field) {
        Entry entry = live(key);
        return entry == null ? null : asHash(entry).get(field);
    }

    /** Removes a key, as an operator or an expiry would. */
    public void delete(String key) {
        entries.remove(key);
    }

    private Entry live(String key) {
        Entry entry = entries.get(key);
        if (entry != null && entry.expiresAtMillis <= clock.millis()) {
            entries.remove(key);
            return null;
        }
        return entry;
    }

    private static LuaTable table(List<String> values) {
        LuaTable table = new LuaTable();
        for (int i = 0; i < values.size(); i++) {
            table.set(i + 1, LuaValue.valueOf(values.get(i)));
        }
        return table;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String number(LuaValue value) {
        return value.todouble() == value.tolong()
                ? Long.toString(value.tolong())
                : value.tojstring();
    }

    private LuaValue execute(String[] words) {
        String key = words.length > 1 ? words[1] : "";
        return switch (words[0]) {
            case "TIME" -> time();
            case "EXISTS" -> LuaValue.valueOf(live(key) == null ? 0 : 1);
            case "TYPE" -> type(key);
            case "GET" -> string(key);
            case "SET" -> set(words);
            case "DEL" -> LuaValue.valueOf(entries.remove(key) == null ? 0 : 1);
            case "RENAME" -> rename(key, words[2]);
            case "PERSIST" -> expire(key, Long.MAX_VALUE);
            case "EXPIRE" -> expire(key, clock.millis() + 1000 * Long.parseLong(words[2]));
            case "PEXPIRE" -> expire(key, clock.millis() + Long.parseLong(words[2]));
            case "PTTL" -> remaining(key);
            case "RPUSH" -> push(key, Arrays.asList(words).subList(2, words.length));
            case "LLEN" -> LuaValue.valueOf(list(key).size());
            case "LRANGE" -> range(key, words[2], words[3]);
            case "LTRIM" -> trim(key, words[2]);
            case "HSET" -> hset(key, words, true);
            case "HSETNX" -> hset(key, words, false);
            case "HGET" -> orFalse(field(key, words[2]));
            case "HMGET" -> hmget(key, words);
            case "HDEL" -> hdel(key, words[2]);
            default -> throw new LuaError("not simulated: " + words[0]);
        };
    }

    private LuaValue time() {
        long micros = clock.micros();
        return table(List.of(Long.toString(micros / 1_000_000), Long.toString(micros % 1_000_000)));
    }

    private LuaValue type(String key) {
        Entry entry = live(key);
        LuaTable status = new LuaTable();
        status.set(
                "ok",
                entry == null
                        ? "none"
                        : switch (entry.value) {
                            case List<?> list -> "list";
                            case Map<?, ?> hash -> "hash";
                            default -> "string";
                        });
        return status;
    }

    private LuaValue string(String key) {
        Entry entry = live(key);
        return entry == null ? LuaValue.FALSE : LuaValue.valueOf((String) entry.value);
    }

    private static LuaValue orFalse(String value) {
        return value == null ? LuaValue.FALSE : LuaValue.valueOf(value);
    }

    private LuaValue set(String[] words) {
        long expiresAtMillis = Long.MAX_VALUE;
        boolean onlyNew = false;
        for (int i = 3; i < words.length; i++) {
            switch (words[i]) {
                case "NX" -> onlyNew = true;
                case "EX" -> expiresAtMillis = clock.millis() + 1000 * Long.parseLong(words[++i]);
                case "PX" -> expiresAtMillis = clock.millis() + Long.parseLong(words[++i]);
                default -> throw new LuaError("not simulated: SET " + words[i]);
            }
        }
        if (onlyNew && live(words[1]) != null) {
            return LuaValue.FALSE;
        }
        entries.put(words[1], new Entry(words[2], expiresAtMillis));
        return TRUE;
    }

    private LuaValue rename(String from, String to) {
        Entry entry = live(from);
        if (entry == null) {
            throw new LuaError("ERR no such key");
        }
        entries.remove(from);
        entries.put(to, entry);
        return TRUE;
    }

    private LuaValue expire(String key, long atMillis) {
        Entry entry = live(key);
        if (entry == null) {
            return LuaValue.ZERO;
        }
        entry.expiresAtMillis = atMillis;
        return LuaValue.ONE;
    }

    private LuaValue remaining(String key) {
        Entry entry = live(key);
        if (entry == null) {
            return LuaValue.valueOf(-2);
        }
        return LuaValue.valueOf(
                entry.expiresAtMillis == Long.MAX_VALUE
                        ? -1
                        : (double) (entry.expiresAtMillis - clock.millis()));
    }

    private LuaValue push(String key, List<String> values) {
        Entry entry = live(key);
        if (entry == null) {
            entry = new Entry(new ArrayList<String>(), Long.MAX_VALUE);
            entries.put(key, entry);
        }
        List<String> list = asList(entry);
        list.addAll(values);
        return LuaValue.valueOf(list.size());
    }

    private LuaValue range(String key, String from, String to) {
        List<String> list = list(key);
        int first = Math.min(Integer.parseInt(from), list.size());
        int last = Math.min(Integer.parseInt(to), list.size() - 1);
        return table(first > last ? List.of() : list.subList(first, last + 1));
    }

    private LuaValue trim(String key, String from) {
        Entry entry = live(key);
        if (entry != null) {
            List<String> list = asList(entry);
            list.subList(0, Math.min(Integer.parseInt(from), list.size())).clear();
            if (list.isEmpty()) {
                entries.remove(key);
            }
        }
        return TRUE;
    }

    private LuaValue hset(String key, String[] words, boolean replace) {
        Entry entry = live(key);
        if (entry == null) {
            entry = new Entry(new LinkedHashMap<String, String>(), Long.MAX_VALUE);
            entries.put(key, entry);
        }
        Map<String, String> hash = asHash(entry);
        for (int i = 2; i < words.length; i += 2) {
            if (replace) {
                hash.put(words[i], words[i + 1]);
            } else {
                hash.putIfAbsent(words[i], words[i + 1]);
            }
        }
        return TRUE;
    }

    private LuaValue hmget(String key, String[] words) {
        LuaTable values = new LuaTable();
        for (int i = 2; i < words.length; i++) {
            values.set(i - 1, orFalse(field(key, words[i])));
        }
        return values;
    }

    private LuaValue hdel(String key, String field) {
        Entry entry = live(key);
        if (entry != null) {
            asHash(entry).remove(field);
            if (asHash(entry).isEmpty()) {
                entries.remove(key);
            }
        }
        return TRUE;
    }

    @SuppressWarnings("unchecked")
    private static List<String> asList(Entry entry) {
        return (List<String>) entry.value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> asHash(Entry entry) {
        return (Map<String, String>) entry.value;
    }
}
