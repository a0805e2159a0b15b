package io.logpipeline.simulation;

import io.logpipeline.redis.Script;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;

/**
 * A Redis that runs the production scripts and can fall back to the moment after any earlier call.
 * Keys and values are given and shown as ISO 8859-1 text.
 */
public final class SimulatedRedis {
    static final LuaTable OK = new LuaTable();

    static {
        OK.set("ok", "OK");
    }

    /** Told of a key whose time was over, with a list's elements; none for other kinds. */
    public interface Expired {
        void expired(SimulatedRedis server, String key, List<String> elements, long atMillis);
    }

    /** Redis answered with an error: nothing was done. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    private final SimulatedClock clock;
    private final Scripts scripts;
    private final Expired expired;
    private final Keyspace keys;
    private final ValueCommands values;
    private final StreamCommands streams;

    /** An empty one. */
    public SimulatedRedis(SimulatedClock clock, Scripts scripts, Expired expired) {
        this(clock, scripts, expired, null);
    }

    private SimulatedRedis(
            SimulatedClock clock, Scripts scripts, Expired expired, Keyspace copied) {
        this.clock = clock;
        this.scripts = scripts;
        this.expired = expired;
        this.keys =
                copied == null
                        ? new Keyspace(clock, this::tellExpired)
                        : copied.copy(this::tellExpired);
        this.values = new ValueCommands(keys, clock);
        this.streams = new StreamCommands(keys, clock);
    }

    private void tellExpired(String key, Object value, long atMillis) {
        expired.expired(
                this, key, value instanceof List<?> list ? texts(list) : List.of(), atMillis);
    }

    /** A replica that has everything. */
    public SimulatedRedis copy() {
        return new SimulatedRedis(clock, scripts, expired, keys);
    }

    /** Runs a script; the answer's values are strings, as bytes, and longs. */
    public List<Object> run(Script script, List<String> keyNames, List<byte[]> arguments) {
        try {
            return scripts.run(this, script, keyNames, arguments);
        } finally {
            keys.endCall();
        }
    }

    /** A client's own RPUSH. */
    public void push(String key, String element) {
        values.execute("RPUSH", word("RPUSH"), word(key), word(element));
        keys.endCall();
    }

    /** How many moments there are to fall back to; the last one is now. */
    public int moments() {
        return keys.moments();
    }

    /** When a moment was. */
    public long momentMillis(int moment) {
        return keys.momentMillis(moment);
    }

    /** Forgets all that came after a moment. */
    public void fallBack(int moment) {
        keys.fallBack(moment);
    }

    /** The names of all keys that match. */
    public List<String> keys(Predicate<String> matches) {
        return keys.keys().stream().filter(matches).toList();
    }

    public boolean exists(String key) {
        return keys.read(word(key)) != null;
    }

    /** The elements of a list; none when there is no such key. */
    public List<String> list(String key) {
        Keyspace.Entry entry = keys.read(word(key));
        return entry == null ? List.of() : texts((List<?>) entry.value);
    }

    Keyspace.Entry entry(String key) {
        return keys.read(word(key));
    }

    /** A field of a hash, or null. */
    public String field(String key, String field) {
        Keyspace.Entry entry = keys.read(word(key));
        Object value = entry == null ? null : ((Map<?, ?>) entry.value).get(word(field));
        return value == null ? null : text((LuaString) value);
    }

    /** How many entries a stream has. */
    public int entries(String key) {
        Keyspace.Entry entry = keys.read(word(key));
        return entry == null ? 0 : ((Stream) entry.value).entries.size();
    }

    /** When a list was seen to hold events, by the latest entry that names it; -1 without one. */
    public long noticedMicros(String key, String list) {
        Keyspace.Entry entry = keys.read(word(key));
        long latest = -1;
        if (entry != null) {
            for (List<LuaString> fields : ((Stream) entry.value).entries.values()) {
                // key list noticed_us n
                if (text(fields.get(1)).equals(list)) {
                    latest = Math.max(latest, parse(fields.get(3)));
                }
            }
        }
        return latest;
    }

    LuaValue execute(LuaString[] words) {
        String command = Scripts.commandName(words[0]);
        return command.charAt(0) == 'X'
                ? streams.execute(command, words)
                : values.execute(command, words);
    }

    private static List<String> texts(List<?> list) {
        return list.stream().map(each -> text((LuaString) each)).toList();
    }

    static LuaString word(String text) {
        return LuaString.valueUsing(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] bytes(LuaString value) {
        byte[] bytes = new byte[value.m_length];
        value.copyInto(0, bytes, 0, bytes.length);
        return bytes;
    }

    static String text(LuaString value) {
        return new String(
                value.m_bytes, value.m_offset, value.m_length, StandardCharsets.ISO_8859_1);
    }

    static long parse(LuaString number) {
        return Long.parseLong(text(number));
    }
}
